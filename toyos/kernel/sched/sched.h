/*
 * The scheduler. Each hart has a queue of threads that are ready, and runs them in turn, SLICE_MS
 * each. A hart that has nothing to do takes from another's queue, and else waits for an interrupt;
 * a hart that leaves the kernel wakes as many such as it has threads waiting. The timer is set only
 * for what is due: the end of a slice when another thread waits, or the next deadline.
 */
#ifndef TOYOS_SCHED_H
#define TOYOS_SCHED_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/sched/thread.h"

/* Threads that sleep until something has changed, first come first. All zero: nobody. */
struct wait_queue {
    struct lock lock;
    struct thread *_Atomic first; /* lock, but anyone may look whether it is NULL */
    struct thread *last;          /* lock */
};

/* Make a new thread runnable. */
void sched_start(struct thread *thread);

/*
 * Sleep in `queue` until it is woken, the deadline (timer.h) is over, or the thread is killed; may
 * also wake for no reason. `lock` is let go of meanwhile. What is waited for changes under that
 * lock, so no wakeup is lost. `queue` and `lock` may be NULL. False: the thread is being killed,
 * and should give up what it does.
 */
bool sched_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline);

/* The same for a wait that surely ends, such as for a disk: a kill does not cut it short, and in a
 * queue it ends only by sched_wake. */
void sched_wait(struct wait_queue *queue, struct lock *lock);

/* Whether a thread runs here: otherwise this is the boot, or an idle hart, and cannot sleep. */
bool sched_can_sleep(void);

/* Wake those who have slept longest in `queue`, `most` of them; and all. With the lock that they
 * gave to sched_sleep, if they gave one: so who is about to sleep is in the queue already. */
void sched_wake_first(struct wait_queue *queue, unsigned most);

static inline void
sched_wake(struct wait_queue *queue)
{
    if (atomic_load_explicit(&queue->first, memory_order_relaxed))
        sched_wake_first(queue, UINT_MAX);
}

/* Mark a thread as killed, and make it notice. */
void sched_kill(struct thread *thread);

/* Let others run. */
void sched_yield(void);

/* This hart leaves the kernel, or works on for long without a lock: have idle harts come for the
 * threads that wait here. */
void sched_share(void);

static inline void
sched_leave(void)
{
    if (hart_this()->is_to_share)
        sched_share();
}

/* The current thread ends, and its place in the table is free. It must not have user memory. */
_Noreturn void sched_exit(void);

/* The timer has fired; another hart has given this one something to do. */
void sched_timer(void);
void sched_interrupt(void);

/* A new thread's first step, on its own stack. */
void sched_begin(void);

/* Have this hart use the page table of a process; NULL: only the kernel's. */
void sched_use_table(const uint64_t *root);

/* What a hart does: run threads, and wait for interrupts when there is none. */
_Noreturn void sched_loop(void);

#endif
