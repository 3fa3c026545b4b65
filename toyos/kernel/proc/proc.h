/*
 * Processes: the table, and how they begin and end. A process has one thread or several (thread.h),
 * which share its memory and files. When its last thread ends it gives these back, and stays as a
 * zombie until its parent has asked for the status. An orphan does not stay.
 */
#ifndef TOYOS_PROC_H
#define TOYOS_PROC_H

#include <stdbool.h>

#include "toyos/include/kernel/param.h"
#include "toyos/kernel/sched/thread.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/uvm/uvm.h"

struct file;
struct inode;
struct procinfo;

struct proc {
    /* proc_lock */
    int pid; /* 0: this place in the table is free */
    bool is_exiting;
    bool is_zombie;
    int exit_status;
    unsigned threads;          /* that have not ended */
    int group;                 /* the pid of the process that began it */
    struct proc *parent;       /* NULL: it has ended, or this is init */
    struct proc *children;     /* the first */
    struct proc *next_sibling; /* of its parent's children; or in the list of free places */
    struct wait_queue changed; /* a child or a thread has ended */
    uint64_t run_time;         /* of threads that have ended */

    /* Used by the process's threads, and by whoever makes it */
    char name[NAMESIZE];
    struct uvm uvm;
    struct lock files_lock;
    struct file *files[NOFILE]; /* files_lock */
    struct inode *cwd;          /* files_lock; where relative paths begin; with a reference */
    struct inode *program;      /* what it runs; with a reference. NULL: nothing yet */
};

/* The process that runs on this hart, or NULL: no thread does, or one of the kernel's. */
static inline struct proc *
proc_this(void)
{
    struct thread *thread = thread_this();

    return thread ? thread->proc : NULL;
}

/* The current thread ends, and the process with it if it was the last. */
_Noreturn void proc_thread_exit(void);

/* On the way to user mode: a thread that was killed ends here. */
static inline void
proc_end_if_killed(void)
{
    if (atomic_load_explicit(&thread_this()->is_killed, memory_order_relaxed))
        proc_thread_exit();
}

/* At boot: makes the tables of processes and threads. */
void proc_init(void);

/* Starts the first process, which runs /init with `argument`, if that is not NULL. No memory, or no
 * /init, is a panic. */
void proc_start_init(const char *argument);

/* The current process ends with all its threads; its parent gets `status`. */
_Noreturn void proc_exit(int status);

/* Kills the other processes of the group that the process with pid `owner` is in, for Ctrl-C. */
void proc_interrupt(int owner);

/* Whether the platform has asked the machine to end. If so, all processes but init have been
 * killed, and no new ones start; init powers the machine off. */
bool proc_is_shut_down(void);

/* Ends the other threads of this process, and waits until they have ended. False: this thread was
 * killed meanwhile. */
bool proc_end_others(void);

/* The current process's working directory: proc_get_cwd returns it with a new reference,
 * proc_set_cwd changes it and takes over the caller's reference. */
struct inode *proc_get_cwd(void);
void proc_set_cwd(struct inode *dir);

/* Describes the process in place `n` of the table, below PROC_TABLE_SIZE; false: there is none. */
bool proc_info(unsigned n, struct procinfo *info);
#define PROC_TABLE_SIZE NPROC

/* Ends the current process after a fault, with a line on the console; `why` is added to it, if not
 * NULL. */
void proc_fault(const struct trap_frame *frame, const char *why);

#endif
