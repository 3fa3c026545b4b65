/*
 * Threads: what the scheduler runs. A thread belongs to a process, or to the kernel alone (proc is
 * NULL). Each has a kernel stack, with its trap frame at the top.
 */
#ifndef TOYOS_THREAD_H
#define TOYOS_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/trap_frame.h"
#include "toyos/kernel/sched/fpu.h"

#define THREADS 128 /* of all processes, and the kernel's */

struct proc;
struct wait_queue;

enum thread_state {
    THREAD_FREE,     /* this place in the table is not used */
    THREAD_NEW,      /* not started yet */
    THREAD_READY,    /* in a run queue, or about to be */
    THREAD_RUNNING,  /* on a hart */
    THREAD_SLEEPING, /* until thread_wake */
};

struct thread {
    /* lock. Who switches away holds it until the next thread is off this one's stack. */
    struct lock lock;
    enum thread_state state;
    struct hart *hart; /* that runs it or ran it last; NULL: none yet */

    _Atomic bool is_killed;    /* to end when it next leaves the kernel */
    bool is_waiting;           /* lock; in wait_unkillable: a kill does not wake it */
    struct thread *next_ready; /* its run queue's lock */
    struct wait_queue *queue;  /* that it is in, or NULL; this and the two below: queue's lock */
    struct thread *next_in_queue;
    struct thread *previous_in_queue;
    struct hart *sleeper_hart;   /* that watches its deadline, or NULL; its run queue's lock */
    struct thread *next_sleeper; /* the same */
    uint64_t deadline;           /* the same */

    /* Only the thread itself, or who makes it */
    struct proc *proc;
    struct trap_frame *frame; /* at the top of the kernel stack */
    struct context context;
    struct fpu fpu;
    uint64_t started;   /* when it got its hart */
    uint64_t run_time;  /* all turns until then; others may read it */
    uint64_t stack_top; /* constant */
#ifdef TOYOS_DEBUG
    struct lock_list locks; /* that it may sleep with */
#endif
};

/* The thread that runs on this hart; NULL while booting, and on an idle hart. */
static inline struct thread *
thread_this(void)
{
    return hart_this()->thread;
}

/* Make the table's stacks. */
void thread_init(void);

/* user_return.S: the current thread goes to user mode, as its frame says. */
_Noreturn void user_return(struct trap_frame *frame);

/* A new thread of `proc`, not started; it begins with `begin`, on its kernel stack. NULL: the table
 * is full. */
struct thread *thread_alloc(struct proc *proc, void (*begin)(void));

/* Give back one that was not started. */
void thread_free(struct thread *thread);

/* Start a thread of the kernel's own. It must not return; it runs until it sleeps. */
void thread_start_kernel(void (*run)(void));

/* Call `each` for all threads of a process. Who calls has to keep them from coming and going. */
void thread_each(const struct proc *proc, void (*each)(struct thread *thread));

/* What all threads of a process have run until their last turn; with the same care. */
uint64_t thread_run_time(const struct proc *proc);

#endif
