/* Memory and strings. The kernel and every program link this. */
#include <stdint.h>

#include "string.h"

#define WORD sizeof(uint64_t)

static int
is_aligned(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *
memcpy(void *to, const void *from, size_t len)
{
    char *d = to;
    const char *s = from;

    if (is_aligned(d, s)) {
        for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
            *(uint64_t *)(void *)d = *(const uint64_t *)(const void *)s;
    }
    while (len--)
        *d++ = *s++;
    return to;
}

void *
memmove(void *to, const void *from, size_t len)
{
    char *d = to;
    const char *s = from;

    if (d <= s || d >= s + len)
        return memcpy(to, from, len);
    while (len--)
        d[len] = s[len];
    return to;
}

void *
memset(void *to, int byte, size_t len)
{
    char *d = to;
    uint64_t word = 0x0101010101010101 * (uint64_t)(unsigned char)byte;

    if (is_aligned(d, d)) {
        for (; len >= WORD; len -= WORD, d += WORD)
            *(uint64_t *)(void *)d = word;
    }
    while (len--)
        *d++ = (char)byte;
    return to;
}

int
memcmp(const void *a, const void *b, size_t len)
{
    const unsigned char *x = a, *y = b;

    for (; len--; x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

void *
memchr(const void *s, int byte, size_t len)
{
    const unsigned char *p = s;

    for (; len--; p++)
        if (*p == (unsigned char)byte)
            return (void *)(uintptr_t)p;
    return NULL;
}

size_t
strlen(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

size_t
strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int
strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

int
strncmp(const char *a, const char *b, size_t max)
{
    for (; max && *a && *a == *b; max--)
        a++, b++;
    return max ? (unsigned char)*a - (unsigned char)*b : 0;
}

char *
strcpy(char *to, const char *from)
{
    char *d = to;

    while ((*d++ = *from++))
        ;
    return to;
}

char *
strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)(uintptr_t)s;
        if (!*s)
            return NULL;
    }
}

char *
strrchr(const char *s, int c)
{
    const char *found = NULL;

    for (;; s++) {
        if (*s == (char)c)
            found = s;
        if (!*s)
            return (char *)(uintptr_t)found;
    }
}
