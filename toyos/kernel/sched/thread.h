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
    THREAD_SLEEPING, /* until sched_wake */
};

struct thread {
    /* lock. A thread that gives up its hart holds it until the next one runs, on its own stack. */
    struct lock lock;
    enum thread_state state;
    struct hart *hart; /* the one that runs it or ran it last; NULL: none yet */

    _Atomic bool is_killed;    /* to end when it next leaves the kernel */
    bool is_waiting;           /* lock; in wait_unkillable: a kill does not wake it */
    struct thread *next_ready; /* its run queue's lock */
    struct wait_queue *queue;  /* where it waits, or NULL; this and the two below: queue's lock */
    struct thread *next_in_queue;
    struct thread *previous_in_queue;
    struct hart *sleeper_hart;   /* watches its deadline; NULL: none. Its run queue's lock */
    struct thread *next_sleeper; /* the same */
    uint64_t deadline;           /* the same */

    /* Used by the thread itself, and by whoever makes it */
    struct proc *proc;
    struct trap_frame *frame; /* at the top of the kernel stack */
    struct context context;
    struct fpu fpu;
    uint64_t started;   /* when it got its hart */
    uint64_t run_time;  /* the sum of its turns before that; others may read it */
    uint64_t stack_top; /* constant */
#ifdef TOYOS_DEBUG
    struct lock_list locks; /* those that it may hold while it sleeps */
#endif
};

/* The thread that runs on this hart; NULL while booting, and on an idle hart. */
static inline struct thread *
thread_this(void)
{
    return hart_this()->thread;
}

/* At boot: makes the table, and a stack for each thread in it. */
void thread_init(void);

/* The current thread goes to user mode, as its frame says (user_return.S). */
_Noreturn void user_return(struct trap_frame *frame);

/* Makes a thread of `proc`, which sched_start will start: it calls `begin` on its kernel stack,
 * which must not return. NULL: the table is full. */
struct thread *thread_alloc(struct proc *proc, void (*begin)(void));

/* Gives back a thread that was not started. */
void thread_free(struct thread *thread);

/* Starts a thread of the kernel's own, which calls `run`; that must not return. It keeps its hart
 * until it sleeps. A full table is a panic. */
void thread_start_kernel(void (*run)(void));

/* Calls `each` for all threads of a process. The caller keeps threads from being made and from
 * ending. */
void thread_each(const struct proc *proc, void (*each)(struct thread *thread));

/* How long all threads of a process have run, without turns that have not ended. The caller does
 * the same. */
uint64_t thread_run_time(const struct proc *proc);

#endif
