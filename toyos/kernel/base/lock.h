/*
 * Spinlocks. As the kernel runs with interrupts off, a lock needs to do nothing about them. The
 * holder of a spinlock does not sleep; wait_sleep and wait_unkillable release the lock that they
 * are given.
 *
 * The order in which they may be taken: proc_lock, then a pipe's, the console's, a disk's or a
 * futex bucket's, then event_lock or a wait queue's, then a thread's, then a run queue's. A uvm's
 * comes after a pipe's or the console's, and before the page allocator's. The inode cache's
 * may be taken inside a uvm's or a process's files_lock. The debug build panics when locks are
 * taken in another order (debug/lock_check.h).
 */
#ifndef TOYOS_LOCK_H
#define TOYOS_LOCK_H

#include <stdatomic.h>
#include <stddef.h>

#include "toyos/kernel/riscv_ops.h"

struct lock {
    const char *name;            /* NULL: it is a wait queue's, which begins as zeros */
    struct hart *_Atomic holder; /* NULL: free */
};

#define LOCK_INIT(text) {.name = (text)}

/* lock_acquire when the lock is not free: waits until this hart has it. A hart that has it already
 * panics. */
void lock_wait(struct lock *lock);

/* lock_release when this hart does not hold the lock. */
_Noreturn void lock_panic_not_held(const struct lock *lock);

#if __STDC_HOSTED__ /* mkfs has its own */

/* Take the lock, waiting until it is free, and give it back. */
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

/* In the debug build these names, and lock_acquire and lock_release, are macros that check. */
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
