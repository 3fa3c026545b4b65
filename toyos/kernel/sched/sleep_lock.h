/*
 * Locks that are held for long: a thread that waits for one sleeps. The holder may sleep too, for a
 * disk or for another lock. They are granted first come, first served; otherwise a thread that
 * releases and retakes the lock could starve the waiters.
 */
#ifndef TOYOS_SLEEP_LOCK_H
#define TOYOS_SLEEP_LOCK_H

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/sched/wait.h"

struct sleep_lock {
    struct lock lock;
    unsigned arrived; /* lock; the number that the next to come gets */
    unsigned turn;    /* lock; the number of the holder. The same as `arrived`: nobody holds it */
    struct wait_queue queue;
};

#define SLEEP_LOCK_INIT(text) {.lock = LOCK_INIT(text)}

/* At boot, when no thread runs, a lock that is not free is a panic. */
void sleep_lock_acquire(struct sleep_lock *lock);
void sleep_lock_release(struct sleep_lock *lock);

#ifdef TOYOS_DEBUG
#define sleep_lock_acquire(taken)                                                                  \
    (lock_check_take_long(&(taken)->lock, LOCK_PLACE), sleep_lock_acquire(taken))
#define sleep_lock_release(taken)                                                                  \
    (lock_check_drop_long(&(taken)->lock, LOCK_PLACE), sleep_lock_release(taken))
#endif

#endif
