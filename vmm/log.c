/* One-line messages on stderr, "duet: ...". */
#include "vmm/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char prefix[32] = "duet: ";

const char *
log_prefix(void)
{
    return prefix;
}

void
log_copy(unsigned copy)
{
    snprintf(prefix, sizeof(prefix), "duet: copy %u: ", copy);
}

void
log_whole_lines(void)
{
    static char buffer[4096];

    setvbuf(stderr, buffer, _IOLBF, sizeof(buffer));
}

/* One write a line, so that lines from two threads do not mix. */
static void __attribute__((format(printf, 1, 0)))
line_write(const char *format, va_list args, const char *reason)
{
    char line[1024];
    int len = snprintf(line, sizeof(line), "%s", prefix);

    len += vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
    if (len < (int)sizeof(line) && reason)
        len += snprintf(line + len, sizeof(line) - (size_t)len, ": %s", reason);
    if (len > (int)sizeof(line) - 2)
        len = sizeof(line) - 2;
    line[len] = '\0';
    fprintf(stderr, "%s\n", line);
}

int
fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line_write(format, args, NULL);
    va_end(args);
    return -1;
}

int
fail_errno(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list args;

    va_start(args, format);
    line_write(format, args, reason);
    va_end(args);
    return -1;
}

void
say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line_write(format, args, NULL);
    va_end(args);
}
