/* Memory and strings. The kernel and every program link this. */
#include <stdint.h>

#include "string.h"

#define WORD sizeof(uint64_t)

/* Whether both become aligned to words at the same byte. */
static int
is_alike(const void *a, const void *b)
{
    return (((uintptr_t)a ^ (uintptr_t)b) & (WORD - 1)) == 0;
}

static int
is_aligned(const void *a)
{
    return ((uintptr_t)a & (WORD - 1)) == 0;
}

void *
memcpy(void *to, const void *from, size_t len)
{
    char *d = to;
    const char *s = from;

    if (len >= 2 * WORD && is_alike(d, s)) {
        uint64_t *wd;
        const uint64_t *ws;
        for (; !is_aligned(d); len--)
            *d++ = *s++;
        wd = (uint64_t *)(void *)d;
        ws = (const uint64_t *)(const void *)s;
        for (; len >= 8 * WORD;
             len -= 8 * WORD, wd += 8, ws += 8) { /* all loads come first, then all stores */
            uint64_t a = ws[0], b = ws[1], c = ws[2], e = ws[3];
            uint64_t f = ws[4], g = ws[5], h = ws[6], i = ws[7];
            wd[0] = a, wd[1] = b, wd[2] = c, wd[3] = e;
            wd[4] = f, wd[5] = g, wd[6] = h, wd[7] = i;
        }
        for (; len >= WORD; len -= WORD)
            *wd++ = *ws++;
        d = (char *)wd;
        s = (const char *)ws;
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

    if (len >= 2 * WORD) {
        uint64_t *w;
        for (; !is_aligned(d); len--)
            *d++ = (char)byte;
        w = (uint64_t *)(void *)d;
        for (; len >= 8 * WORD; len -= 8 * WORD, w += 8)
            w[0] = w[1] = w[2] = w[3] = w[4] = w[5] = w[6] = w[7] = word;
        for (; len >= WORD; len -= WORD)
            *w++ = word;
        d = (char *)w;
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
