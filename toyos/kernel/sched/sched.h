/*
 * The scheduler. Each hart has a queue of threads that are ready, and runs them in turn, SLICE_MS
 * each. A hart that has nothing to do takes from another's queue, and else waits for an interrupt;
 * a hart that leaves the kernel wakes as many such as it has threads waiting. The timer is set only
 * for what is due: the end of a slice when another thread waits, or the next deadline.
 */
#ifndef TOYOS_SCHED_H
#define TOYOS_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/sched/thread.h"

/* Make a new thread runnable. */
void sched_start(struct thread *thread);

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

/* The timer has fired. The next deadline that this hart watches for a sleeping thread is `deadline`
 * (timer.h). May switch to another thread. */
void sched_timer(uint64_t deadline);

/* Another hart has given this one something to do. */
void sched_interrupt(void);

/* A new thread's first step, on its own stack. */
void sched_begin(void);

/* Have this hart use the page table of a process; NULL: only the kernel's. */
void sched_use_table(const uint64_t *root);

/* For a hart's own context: run a thread, and what it switches to, until none is ready: true. If
 * none is at first, wait for an interrupt, which is the caller's to handle: false. */
bool sched_run(void);

/* For wait.c. */

/* Make a thread that sleeps runnable. One that is in wait_unkillable sleeps on while it is in a
 * queue: who wakes that queue takes it out first. */
void sched_wake(struct thread *thread);

/* The current thread, whose state says why, gives up its hart. The caller holds the thread's lock,
 * which is free on return: when the thread is scheduled again, maybe on another hart. */
void sched_switch_away(struct thread *thread);

#endif
