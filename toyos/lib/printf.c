/* printf and fprintf for programs: a line is written with one system call where it fits. */
#include <stdarg.h>

#include "toyos/lib/format.h"
#include "user/user.h"

struct out {
    int fd, len;
    char text[128];
};

static void
flush(struct out *o)
{
    if (o->len)
        write(o->fd, o->text, o->len);
    o->len = 0;
}

static void
out_put(void *context, char c)
{
    struct out *o = context;

    o->text[o->len++] = c;
    if (o->len == sizeof(o->text))
        flush(o);
}

void
printf(const char *fmt, ...)
{
    struct out o = {.fd = 1};
    va_list args;

    va_start(args, fmt);
    format(out_put, &o, fmt, args);
    va_end(args);
    flush(&o);
}

void
fprintf(int fd, const char *fmt, ...)
{
    struct out o = {.fd = fd};
    va_list args;

    va_start(args, fmt);
    format(out_put, &o, fmt, args);
    va_end(args);
    flush(&o);
}
