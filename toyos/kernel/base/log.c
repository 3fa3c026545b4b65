/* The kernel's log. */
#include "toyos/kernel/base/log.h"

#include <stdarg.h>

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/lib/format.h"

int log_level = DUET_LOG_WARN;

static struct lock log_lock = LOCK_INIT("log");

void
log_line(int level, const char *fmt, ...)
{
    /* Guarded by log_lock; not on the stack, which the platform cannot read. */
    static char text[256];
    va_list args;

    if (level > log_level)
        return;
    lock_acquire(&log_lock);
    va_start(args, fmt);
    platform->log(level, text, format_buffer(text, sizeof(text), fmt, args));
    va_end(args);
    lock_release(&log_lock);
}
