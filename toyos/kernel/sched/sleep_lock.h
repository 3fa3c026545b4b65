/*
 * Locks that are held for long: who waits for one sleeps. Their holder may sleep too, for a disk or
 * for another lock. They are had in the order of coming: or one who lets go of a lock and takes it
 * again could do so for ever, before those that wait have a hart.
 */
#ifndef TOYOS_SLEEP_LOCK_H
#define TOYOS_SLEEP_LOCK_H

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/sched/wait.h"

struct sleep_lock {
    struct lock lock;
    unsigned arrived, turn;  /* lock; the same if nobody holds it */
    struct wait_queue queue; /* who waits */
};

#define SLEEP_LOCK_INIT(text) {.lock = LOCK_INIT(text)}

void sleep_lock_acquire(struct sleep_lock *lock);
void sleep_lock_release(struct sleep_lock *lock);

#ifdef TOYOS_DEBUG
#define sleep_lock_acquire(taken)                                                                  \
    (lock_check_take_long(&(taken)->lock, LOCK_PLACE), sleep_lock_acquire(taken))
#define sleep_lock_release(taken)                                                                  \
    (lock_check_drop_long(&(taken)->lock, LOCK_PLACE), sleep_lock_release(taken))
#endif

#endif
