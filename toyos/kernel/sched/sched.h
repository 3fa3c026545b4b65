/*
 * The scheduler. Each hart has a queue of threads that are ready, and runs them in turn, SLICE_MS
 * each. A hart that has nothing to do takes a thread from another hart's queue; if there is
 * none, it waits for an interrupt. A hart that leaves the kernel wakes as many idle harts as it has
 * threads waiting. The timer is set only for what is due: the end of a slice when another thread
 * waits, or the next deadline.
 */
#ifndef TOYOS_SCHED_H
#define TOYOS_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/sched/thread.h"

/* Makes a new thread runnable. */
void sched_start(struct thread *thread);

/* Marks a thread as killed. If it sleeps (wait_sleep) or runs on another hart it is made to notice
 * at once. */
void sched_kill(struct thread *thread);

/* Gives the hart to the next thread that is ready, if there is one. */
void sched_yield(void);

/* Wakes idle harts, so that they come for the threads that wait for this one. For a hart that
 * leaves the kernel, or works on for long without a lock. */
void sched_share(void);

static inline void
sched_leave(void)
{
    if (hart_this()->is_to_share)
        sched_share();
}

/* The current thread ends, and its place in the table becomes free. It must not use a process's
 * page table. */
_Noreturn void sched_exit(void);

/* The timer has fired. The next deadline that this hart watches for a sleeping thread is `deadline`
 * (timer.h). May switch to another thread. */
void sched_timer(uint64_t deadline);

/* The software interrupt: another hart has given this one something to do. */
void sched_interrupt(void);

/* A new thread calls it first of all, on its own stack. */
void sched_begin(void);

/* This hart uses the page table of a process from now on; NULL: the kernel's. */
void sched_use_table(const uint64_t *root);

/* For a hart's own context. If a thread is ready, runs it and those that it switches to, until none
 * is ready, and returns true. Otherwise waits for an interrupt and returns false: the caller
 * handles it. */
bool sched_run(void);

/* For wait.c. */

/* Makes a thread that sleeps runnable. A thread in wait_unkillable sleeps on while it is in a
 * queue: wait_wake takes it out of the queue first. */
void sched_wake(struct thread *thread);

/* The current thread, whose state says why, gives up its hart. The caller holds the thread's lock,
 * which is free on return: when the thread is scheduled again, maybe on another hart. */
void sched_switch_away(struct thread *thread);

#endif
