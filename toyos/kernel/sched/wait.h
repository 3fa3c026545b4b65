/*
 * Waiting: a thread sleeps until another one, or an interrupt, wakes the queue that it is in.
 * Threads are woken first come, first served.
 */
#ifndef TOYOS_WAIT_H
#define TOYOS_WAIT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/base/lock.h"

struct thread;

/* Threads that sleep until something has changed. All zero: nobody. */
struct wait_queue {
    struct lock lock;
    struct thread *_Atomic first; /* lock, but anyone may look whether it is NULL */
    struct thread *last;          /* lock */
};

/*
 * Sleep in `queue` until it is woken, the deadline (timer.h) is over, or the thread is killed; it
 * may also wake for no reason. `lock` is released meanwhile, and held again on return. What is
 * waited for changes under that lock, so no wakeup is lost. `queue` and `lock` may be NULL. False:
 * the thread is being killed, and should give up what it does.
 */
bool wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline);

/* The same for a wait that surely ends, such as for a disk: a kill does not cut it short, and in a
 * queue it ends only by wait_wake. */
void wait_unkillable(struct wait_queue *queue, struct lock *lock);

/* Whether a thread runs here: otherwise this is the boot, or an idle hart, and cannot sleep. */
bool wait_can_sleep(void);

/* Wakes the threads that have slept longest in `queue`, at most `most`. The caller holds the lock
 * that they gave to wait_sleep, if they gave one: a thread that is about to sleep is then in the
 * queue already. */
void wait_wake_first(struct wait_queue *queue, unsigned most);

/* The same, all of them. */
static inline void
wait_wake(struct wait_queue *queue)
{
    if (atomic_load_explicit(&queue->first, memory_order_relaxed))
        wait_wake_first(queue, UINT_MAX);
}

/* Wakes the threads whose deadlines this hart watches and are over. Returns the next deadline, or
 * TIMER_NEVER. */
uint64_t wait_wake_due(void);

#endif
