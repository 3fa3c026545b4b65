/* Processes: fork, exit, wait, kill. */
#include "toyos/kernel/proc.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/console.h"
#include "toyos/kernel/exec.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/page.h"
#include "toyos/kernel/panic.h"
#include "toyos/kernel/timer.h"
#include "toyos/kernel/trap.h"

static struct lock proc_lock = LOCK_INIT("proc");
static struct proc procs[NPROC];
static struct proc *init;
static int last_pid;              /* proc_lock */
static _Atomic bool is_shut_down; /* written with proc_lock */

void
proc_init(void)
{
    for (unsigned i = 0; i < NPROC; i++)
        procs[i].stack_top = kstack_make();
}

/* A new process, with a pid and nothing else; `begin` is its first step in the kernel. */
static struct proc *
proc_alloc(void (*begin)(void))
{
    struct proc *proc = NULL;

    lock_acquire(&proc_lock);
    for (unsigned i = 0; i < NPROC && !proc && !is_shut_down; i++) {
        if (procs[i].pid == 0) {
            proc = &procs[i];
            proc->pid = ++last_pid;
            proc->sched = (struct sched_entity){.state = SCHED_NEW};
        }
    }
    lock_release(&proc_lock);
    if (!proc)
        return NULL;
    proc->children = (struct wait_queue){0};
    proc->frame = (struct trap_frame *)(proc->stack_top - TF_SIZE);
    proc->context = (struct context){.ra = (uint64_t)begin, .sp = (uint64_t)proc->frame};
    proc->fpu = (struct fpu_state){0};
    return proc;
}

static void
proc_release(struct proc *proc)
{
    uvm_destroy(&proc->uvm);
    lock_acquire(&proc_lock);
    proc->parent = NULL;
    proc->pid = 0;
    lock_release(&proc_lock);
}

static const char *init_argument;

static void
begin_init(void)
{
    struct proc *proc = proc_this();
    struct exec_args args;
    int error;

    sched_begin();
    file_open_console(proc->files);
    proc->cwd = inode_get(FS_ROOT);
    if (!exec_args_init(&args) || exec_args_add(&args, "init") < 0 ||
        (init_argument && exec_args_add(&args, init_argument) < 0))
        panic("the boot arguments do not fit");
    memset(proc->frame, 0, sizeof(*proc->frame));
    error = exec_program("/init", &args);
    if (error < 0)
        panic("cannot run /init: error %d", -error);
    proc->frame->x[10] = (uint64_t)args.count;
    exec_args_free(&args);
    user_return(proc->frame);
}

void
proc_start_init(const char *argument)
{
    init_argument = argument;
    init = proc_alloc(begin_init);
    if (!init || !uvm_create(&init->uvm))
        panic("no memory for the first process");
    sched_start(init);
}

static void
begin_kernel(void)
{
    struct proc *proc = proc_this();

    sched_begin();
    proc->kernel_body();
    panic("%s ended", proc->name);
}

void
proc_start_kernel(const char *name, void (*body)(void))
{
    struct proc *proc = proc_alloc(begin_kernel);

    if (!proc || !uvm_create(&proc->uvm))
        panic("no memory for process %s", name);
    memcpy(proc->name, name, strnlen(name, sizeof(proc->name) - 1));
    proc->kernel_body = body;
    sched_start(proc);
}

static void
begin_forked(void)
{
    sched_begin();
    user_return(proc_this()->frame);
}

int
proc_fork(void)
{
    struct proc *proc = proc_this();
    struct proc *child = proc_alloc(begin_forked);
    int pid;

    if (!child)
        return -EAGAIN;
    if (!uvm_copy(&child->uvm, &proc->uvm)) {
        proc_release(child);
        return -ENOMEM;
    }
    fpu_leave(proc);
    child->fpu = proc->fpu;
    *child->frame = *proc->frame;
    child->frame->x[10] = 0; /* what fork returns in the child */
    memcpy(child->name, proc->name, sizeof(child->name));
    file_table_copy(child->files, proc->files);
    child->cwd = inode_hold(proc->cwd);
    pid = child->pid;
    lock_acquire(&proc_lock);
    child->parent = proc;
    lock_release(&proc_lock);
    sched_start(child);
    return pid;
}

_Noreturn void
proc_exit(int status)
{
    struct proc *proc = proc_this();

    if (proc == init)
        panic("init ended with status %d", status);
    file_table_close(proc->files);
    inode_put(proc->cwd);
    lock_acquire(&proc_lock);
    for (unsigned i = 0; i < NPROC; i++)
        if (procs[i].parent == proc)
            procs[i].parent = init;
    sched_wake(&init->children); /* it may have got a zombie */
    proc->exit_status = status;
    sched_exit(&proc->parent->children, &proc_lock);
}

/* A child of `proc` that has ended, or NULL; *has_children says whether there are any at all. */
static struct proc *
find_zombie(const struct proc *proc, bool *has_children)
{
    *has_children = false;
    for (unsigned i = 0; i < NPROC; i++) {
        if (procs[i].parent != proc)
            continue;
        *has_children = true;
        if (sched_is_zombie(&procs[i]))
            return &procs[i];
    }
    return NULL;
}

int
proc_wait(uint64_t status_va)
{
    struct proc *proc = proc_this(), *child;
    bool has_children, is_alive = true;
    int pid;

    lock_acquire(&proc_lock);
    while (!(child = find_zombie(proc, &has_children))) {
        if (!has_children || !is_alive) {
            lock_release(&proc_lock);
            return has_children ? -EINTR : -ECHILD;
        }
        is_alive = sched_sleep(&proc->children, &proc_lock, TIMER_NEVER);
    }
    pid = child->pid;
    lock_release(&proc_lock); /* nobody else reaps it: only its parent may */
    if (status_va &&
        !uvm_copy_out(&proc->uvm, status_va, &child->exit_status, sizeof(child->exit_status)))
        return -EFAULT;
    proc_release(child);
    return pid;
}

int
proc_kill(int pid)
{
    int result = -ESRCH;

    lock_acquire(&proc_lock);
    for (unsigned i = 0; i < NPROC; i++) {
        if (pid > 0 && procs[i].pid == pid && &procs[i] != init && !procs[i].kernel_body) {
            sched_kill(&procs[i]);
            result = 0;
        }
    }
    lock_release(&proc_lock);
    return result;
}

void
proc_fault(const struct trap_frame *frame)
{
    struct proc *proc = proc_this();

    console_print("%s: pid %d: %s, address 0x%lx, pc 0x%lx\n", proc->name, proc->pid,
                  riscv_cause_name(frame->cause), frame->value, frame->pc);
    sched_kill(proc);
}

void
proc_shut_down(void)
{
    lock_acquire(&proc_lock);
    is_shut_down = true;
    for (unsigned i = 0; i < NPROC; i++)
        if (procs[i].pid && &procs[i] != init && !procs[i].kernel_body)
            sched_kill(&procs[i]);
    lock_release(&proc_lock);
}

bool
proc_is_shut_down(void)
{
    return is_shut_down;
}
