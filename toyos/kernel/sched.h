/*
 * The scheduler: which process runs on which hart, and who sleeps until what. One lock and one run
 * queue for all harts.
 */
#ifndef TOYOS_SCHED_H
#define TOYOS_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/lock.h"

struct proc;

enum sched_state { SCHED_NEW, SCHED_READY, SCHED_RUNNING, SCHED_SLEEPING, SCHED_ZOMBIE };

/* A process's part in scheduling. All of it is guarded by the scheduler's lock. */
struct sched_entity {
    enum sched_state state;
    struct proc *next;             /* in the run queue or a wait queue */
    struct wait_queue *wait_queue; /* that it sleeps in, or NULL */
    uint64_t deadline;             /* of the sleep; TIMER_NEVER: none */
    struct proc *next_sleeper;     /* in sleepers of sleeper_hart, if there is a deadline */
    struct hart *sleeper_hart;
    bool is_killed;
    bool is_waiting; /* in sched_wait: a kill does not wake it */
};

struct wait_queue {
    struct proc *first; /* the scheduler's lock */
};

/* Make a new process, or one that was forked, runnable. */
void sched_start(struct proc *proc);

/* Sleep in `queue` until it is woken, the deadline (timer.h) is over, or the process is killed;
 * may also wake for no reason. `lock` is let go of meanwhile, so that no wakeup is lost; it may be
 * NULL. False: the process is being killed, and should give up what it does. */
bool sched_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline);

/* The same for a wait that surely ends, such as for a disk: a kill does not cut it short. */
void sched_wait(struct wait_queue *queue, struct lock *lock);

/* Whether a process runs here: otherwise this is the boot, or an idle hart, and cannot sleep. */
bool sched_can_sleep(void);

/* Wake all who sleep in `queue`. */
void sched_wake(struct wait_queue *queue);

/* Mark a process as killed and wake it; it ends when it next leaves the kernel. */
void sched_kill(struct proc *proc);
bool sched_is_killed(struct proc *proc);

/* Let others run. */
void sched_yield(void);

/* The current process ends: it becomes a zombie, `parent` is woken and `lock` released, all at
 * once. */
_Noreturn void sched_exit(struct wait_queue *parent, struct lock *lock);

/* Whether it is a zombie, and no hart is on its stack or in its address space any more. */
bool sched_is_zombie(struct proc *proc);

/* The timer has fired. */
void sched_timer(void);

/* A new process's first step, on its own stack: what context_switch left locked is released. */
void sched_begin(void);

/* What a hart does: run processes, and wait for interrupts when there is none. */
_Noreturn void sched_loop(void);

#endif
