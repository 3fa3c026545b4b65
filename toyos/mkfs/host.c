/* What the kernel's file system needs from a kernel, provided on a PC. */
#include "toyos/mkfs/host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/sched/wait.h"

#define CACHE_SIZE (8 << 20)

int log_level = DUET_LOG_ERROR;

static void __attribute__((format(printf, 2, 0)))
print(const char *prefix, const char *text, va_list args)
{
    fputs(prefix, stderr);
    vfprintf(stderr, text, args);
    fputc('\n', stderr);
}

void
log_line(int level, const char *text, ...)
{
    va_list args;

    if (level > log_level)
        return;
    va_start(args, text);
    print("toyos: ", text, args);
    va_end(args);
}

_Noreturn void
panic(const char *text, ...)
{
    va_list args;

    va_start(args, text);
    print("toyos: panic: ", text, args);
    va_end(args);
    abort();
}

/* The only hart. */
#define SELF ((struct hart *)1)

void
lock_acquire(struct lock *lock)
{
    if (lock->holder)
        panic("lock %s: taken twice", lock->name);
    lock->holder = SELF;
}

void
lock_release(struct lock *lock)
{
    if (!lock->holder)
        panic("lock %s: released, but not held", lock->name);
    lock->holder = NULL;
}

bool
wait_can_sleep(void)
{
    return false;
}

void
wait_unkillable(struct wait_queue *queue, struct lock *lock)
{
    (void)queue;
    panic("lock %s: a wait for somebody else, who does not exist", lock->name);
}

bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    (void)deadline;
    wait_unkillable(queue, lock);
    return true;
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    (void)queue, (void)most;
}

uint64_t
timer_now(void)
{
    return 0;
}

uint64_t
timer_from_ms(uint64_t ms)
{
    return ms;
}

int
host_mount(struct block_device *device)
{
    static void *cache;

    if (!cache)
        cache = aligned_alloc(FS_BLOCK_SIZE, CACHE_SIZE);
    if (!cache)
        panic("no memory");
    return fs_mount(device, cache, CACHE_SIZE);
}
