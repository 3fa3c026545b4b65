/* Processes: the table, and how they begin and end. */
#ifndef TOYOS_PROC_H
#define TOYOS_PROC_H

#include <stdbool.h>

#include "toyos/include/kernel/param.h"
#include "toyos/kernel/fpu.h"
#include "toyos/kernel/hart.h"
#include "toyos/kernel/sched.h"
#include "toyos/kernel/trap_frame.h"
#include "toyos/kernel/uvm.h"

struct file;
struct inode;

struct proc {
    /* proc_lock */
    int pid; /* 0: this place in the table is free */
    int exit_status;
    struct proc *parent;
    struct wait_queue children; /* where it waits for a child to end */

    struct sched_entity sched; /* guarded as sched.h says */

    /* Only the process itself, or who makes or reaps it */
    char name[NAMESIZE];
    struct uvm uvm;
    struct trap_frame *frame; /* at the top of the kernel stack */
    struct context context;
    struct fpu_state fpu;
    struct file *files[NOFILE];
    struct inode *cwd;         /* where relative paths begin; with a reference */
    void (*kernel_body)(void); /* what it runs, if it never leaves the kernel; else NULL */
    uint64_t stack_top;        /* constant */
};

/* The process that runs on this hart, or NULL. */
static inline struct proc *
proc_this(void)
{
    return hart_this()->proc;
}

void proc_init(void);

/* Make the first process: it runs /init, with `argument` as its first argument if not NULL. */
void proc_start_init(const char *argument);

/* Make a process that runs `body` in the kernel for ever. */
void proc_start_kernel(const char *name, void (*body)(void));

/* The system calls of the same names; -errno for an error. */
int proc_fork(void);
_Noreturn void proc_exit(int status);
int proc_wait(uint64_t status_va);
int proc_kill(int pid);

/* The machine is to end: kill all processes but init, which then powers it off, and have no new
 * ones. May be called from an interrupt. */
void proc_shut_down(void);
bool proc_is_shut_down(void);

/* End the current process with this line on the console, as for a fault. */
void proc_fault(const struct trap_frame *frame);

#endif
