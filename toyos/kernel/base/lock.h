/*
 * Spinlocks. The kernel runs with interrupts off, so that is all there is to them. Nobody sleeps
 * with one held, save in wait_sleep and wait_unkillable, which let go of it.
 *
 * The order in which they may be taken: proc_lock, then a pipe's, the console's, a disk's or a
 * futex bucket's, then event_lock or a wait queue's, then a thread's, then a run queue's. A uvm's
 * comes after a pipe's or the console's, and before the page allocator's. The inode cache's
 * may be taken inside a uvm's or a process's files_lock. The debug build finds out what is against
 * it (debug/lock_check.h).
 */
#ifndef TOYOS_LOCK_H
#define TOYOS_LOCK_H

#include <stdatomic.h>
#include <stddef.h>

#include "toyos/kernel/riscv_ops.h"

struct lock {
    const char *name;            /* NULL: a wait queue's, which is all zero at first */
    struct hart *_Atomic holder; /* NULL: free */
};

#define LOCK_INIT(text) {.name = (text)}

/* Others hold it; and: this hart does not hold it. */
void lock_wait(struct lock *lock);
_Noreturn void lock_panic_not_held(const struct lock *lock);

#if __STDC_HOSTED__ /* mkfs has its own */

void lock_acquire(struct lock *lock);
void lock_release(struct lock *lock);

#else

static inline void
lock_acquire(struct lock *lock)
{
    struct hart *holder = NULL;

    if (!atomic_compare_exchange_strong_explicit(&lock->holder, &holder, hart_this(),
                                                 memory_order_acquire, memory_order_relaxed))
        lock_wait(lock);
}

static inline void
lock_release(struct lock *lock)
{
    if (atomic_load_explicit(&lock->holder, memory_order_relaxed) != hart_this())
        lock_panic_not_held(lock);
    atomic_store_explicit(&lock->holder, NULL, memory_order_release);
}

#endif

/* The debug build has macros of these names, which check. */
#ifdef TOYOS_DEBUG
#include "toyos/kernel/debug/lock_check.h"
#else
#define lock_acquire_second(lock) lock_acquire(lock)
#define lock_check_enter(lock)    ((void)(lock))
#define lock_check_leave(lock)    ((void)(lock))
#define lock_check_sleep(but)     ((void)(but))
#define lock_check_none()         ((void)0)
#endif

#endif
