/* printf's formatting, without a buffer of its own. The kernel and every program link this. */
#include "toyos/lib/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define POINTER_WIDTH (2 + 2 * (int)sizeof(void *)) /* 0x and 16 digits */

struct spec {
    bool zero, left;
    int width;
    int longs; /* the number of l; z counts as one */
};

static void
put_field(void (*put)(void *, char), void *context, const struct spec *spec, const char *prefix,
          const char *text, int len)
{
    int pad = spec->width - len - (int)strlen(prefix);

    if (!spec->left && !spec->zero)
        for (; pad > 0; pad--)
            put(context, ' ');
    while (*prefix)
        put(context, *prefix++);
    if (!spec->left && spec->zero)
        for (; pad > 0; pad--)
            put(context, '0');
    while (len-- > 0)
        put(context, *text++);
    for (; pad > 0; pad--)
        put(context, ' ');
}

static void
put_number(void (*put)(void *, char), void *context, const struct spec *spec, const char *prefix,
           uint64_t n, unsigned base)
{
    char text[20];
    int at = sizeof(text);

    do {
        text[--at] = "0123456789abcdef"[n % base];
        n /= base;
    } while (n);
    put_field(put, context, spec, prefix, text + at, (int)sizeof(text) - at);
}

void
format(void (*put)(void *context, char c), void *context, const char *fmt, va_list args)
{
    for (; *fmt; fmt++) {
        struct spec spec = {0};
        const char *s;
        int64_t n;
        char c;

        if (*fmt != '%') {
            put(context, *fmt);
            continue;
        }
        for (fmt++; *fmt == '0' || *fmt == '-'; fmt++)
            *(*fmt == '0' ? &spec.zero : &spec.left) = true;
        for (; *fmt >= '0' && *fmt <= '9'; fmt++)
            spec.width = spec.width * 10 + (*fmt - '0');
        for (; *fmt == 'l' || *fmt == 'z'; fmt++)
            spec.longs++;
        if (fmt[-1] == 'l' && (!*fmt || !strchr("duxpsc", *fmt))) {
            /* %l alone, as in xv6 until 2023: what follows is text */
            put_number(put, context, &spec, "", va_arg(args, unsigned long), 10);
            fmt--;
            continue;
        }

        switch (*fmt) {
        case 'd':
            n = spec.longs ? va_arg(args, long) : va_arg(args, int);
            put_number(put, context, &spec, n < 0 ? "-" : "", n < 0 ? -(uint64_t)n : (uint64_t)n,
                       10);
            break;
        case 'u':
        case 'x':
            put_number(put, context, &spec, "",
                       spec.longs ? va_arg(args, unsigned long) : va_arg(args, unsigned),
                       *fmt == 'u' ? 10 : 16);
            break;
        case 'p': /* all digits, as xv6 has it */
            spec.zero = true;
            spec.width = POINTER_WIDTH;
            put_number(put, context, &spec, "0x", (uintptr_t)va_arg(args, void *), 16);
            break;
        case 's':
            s = va_arg(args, const char *);
            if (!s)
                s = "(null)";
            put_field(put, context, &spec, "", s, (int)strlen(s));
            break;
        case 'c':
            c = (char)va_arg(args, int);
            put_field(put, context, &spec, "", &c, 1);
            break;
        case '\0':
            return;
        case '%':
            put(context, '%');
            break;
        default: /* unknown: printed as it is */
            put(context, '%');
            put(context, *fmt);
        }
    }
}

struct buffer {
    char *at, *end;
};

static void
buffer_put(void *context, char c)
{
    struct buffer *b = context;

    if (b->at < b->end)
        *b->at++ = c;
}

size_t
format_buffer(char *buf, size_t size, const char *fmt, va_list args)
{
    struct buffer b = {buf, buf + size - 1};

    format(buffer_put, &b, fmt, args);
    *b.at = '\0';
    return (size_t)(b.at - buf);
}

size_t
format_into(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    size_t len;

    va_start(args, fmt);
    len = format_buffer(buf, size, fmt, args);
    va_end(args);
    return len;
}
