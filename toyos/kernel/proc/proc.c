/* Processes: fork, exit, wait, kill, and the threads in them. */
#include "toyos/kernel/proc/proc.h"

#include <string.h>

#include "abi/hypercalls.h"
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/toyos.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/dev/event.h"
#include "toyos/kernel/file/console.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/proc/elf_symbol.h"
#include "toyos/kernel/proc/exec.h"
#include "toyos/kernel/proc/futex.h"
#include "toyos/kernel/sched/sched.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/trap/syscall.h"
#include "toyos/lib/format.h"

static struct lock proc_lock = LOCK_INIT("proc");
static struct proc procs[NPROC];
static struct proc *free_procs; /* proc_lock */
static struct proc *init;
static int last_pid;              /* proc_lock */
static _Atomic bool is_shut_down; /* written with proc_lock */

void
proc_init(void)
{
    for (unsigned i = NPROC; i-- > 0;) {
        procs[i].next_sibling = free_procs;
        free_procs = &procs[i];
    }
    thread_init();
}

static void
release_locked(struct proc *proc)
{
    proc->pid = 0;
    proc->next_sibling = free_procs;
    free_procs = proc;
}

static void
release(struct proc *proc)
{
    lock_acquire(&proc_lock);
    release_locked(proc);
    lock_release(&proc_lock);
}

/* Creates a process with one thread and nothing else. `begin` is its first step in the kernel. */
static struct thread *
proc_alloc(void (*begin)(void))
{
    struct thread *thread = NULL;
    struct proc *proc;

    lock_acquire(&proc_lock);
    proc = is_shut_down ? NULL : free_procs;
    if (proc)
        thread = thread_alloc(proc, begin);
    if (thread) {
        free_procs = proc->next_sibling;
        proc->pid = ++last_pid;
        proc->is_exiting = proc->is_zombie = false;
        proc->exit_status = 0;
        proc->threads = 1;
        proc->parent = proc->children = NULL;
        proc->group = proc->pid;
        proc->run_time = 0;
        proc->files_lock = (struct lock)LOCK_INIT("files");
        proc->changed = (struct wait_queue){0};
    }
    lock_release(&proc_lock);
    return thread;
}

static const char *init_argument;

static void
begin_init(void)
{
    struct proc *proc = proc_this();
    struct exec_args args;
    int error;

    sched_begin();
    console_open(proc->files);
    proc->cwd = inode_get(FS_ROOT);
    if (!exec_args_init(&args) || exec_args_add(&args, "init") < 0 ||
        (init_argument && exec_args_add(&args, init_argument) < 0))
        panic("the boot arguments do not fit");
    error = exec_program("/init", &args);
    if (error < 0)
        panic("cannot run /init: %s", strerror(-error));
    thread_this()->frame->x[X_A0] = (uint64_t)args.count;
    exec_args_free(&args);
    user_return(thread_this()->frame);
}

/* Makes the process end. The caller holds proc_lock. */
static void
kill_locked(struct proc *proc)
{
    if (proc->is_exiting || proc->is_zombie)
        return;
    proc->is_exiting = true;
    proc->exit_status = -1;
    thread_each(proc, sched_kill);
}

/* Handles DUET_EVENT_SHUTDOWN: the machine is to end. init ends when it has no children, and powers
 * it off. */
static void
shut_down(void)
{
    event_disable(DUET_EVENT_SHUTDOWN); /* otherwise it would stay pending */
    lock_acquire(&proc_lock);
    is_shut_down = true;
    for (unsigned i = 0; i < NPROC; i++)
        if (procs[i].pid && &procs[i] != init)
            kill_locked(&procs[i]);
    lock_release(&proc_lock);
}

void
proc_start_init(const char *argument)
{
    struct thread *thread = proc_alloc(begin_init);

    init_argument = argument;
    if (!thread || !uvm_create(&thread->proc->uvm))
        panic("no memory for the first process");
    init = thread->proc;
    event_register(DUET_EVENT_SHUTDOWN, shut_down);
    event_enable(DUET_EVENT_SHUTDOWN);
    memset(thread->frame, 0, sizeof(*thread->frame));
    sched_start(thread);
}

static void
begin_user(void)
{
    sched_begin();
    proc_end_if_killed();
    user_return(thread_this()->frame);
}

int64_t
sys_fork(const uint64_t arg[6])
{
    struct thread *self = thread_this(), *thread = proc_alloc(begin_user);
    struct proc *proc = self->proc, *child;
    int pid;

    (void)arg;
    if (!thread)
        return -EAGAIN;
    child = thread->proc;
    pid = child->pid;
    if (!uvm_copy(&child->uvm, &proc->uvm, self->frame->x[X_SP])) {
        thread_free(thread);
        release(child);
        return -ENOMEM;
    }
    fpu_leave(self);
    thread->fpu.is_used = self->fpu.is_used;
    if (self->fpu.is_used)
        thread->fpu.state = self->fpu.state;
    *thread->frame = *self->frame;
    thread->frame->x[X_A0] = 0; /* the return value of fork in the child */
    memcpy(child->name, proc->name, sizeof(child->name));
    file_table_copy(child->files);
    child->cwd = proc_get_cwd();
    child->program = inode_hold(proc->program);
    lock_acquire(&proc_lock);
    child->parent = proc;
    child->group = proc->group;
    child->next_sibling = proc->children;
    proc->children = child;
    lock_release(&proc_lock);
    sched_start(thread);
    return pid;
}

/* The children of a process that ends become orphans, whose status nobody will ask for. The caller
 * holds proc_lock. */
static void
orphan_children_locked(struct proc *proc)
{
    struct proc *child;

    while ((child = proc->children)) {
        proc->children = child->next_sibling;
        child->parent = NULL;
        if (child->is_zombie)
            release_locked(child);
    }
}

_Noreturn void
proc_thread_exit(void)
{
    struct thread *self = thread_this();
    struct proc *proc = self->proc;
    bool is_last;

    lock_acquire(&proc_lock);
    proc->run_time += self->run_time;
    is_last = --proc->threads == 0;
    if (!is_last)
        wait_wake(&proc->changed);
    lock_release(&proc_lock);
    if (is_last) {
        if (proc == init)
            panic("init ended with status %d", proc->exit_status);
        file_table_close(proc->files);
        inode_put(proc->cwd);
        inode_put(proc->program);
        sched_use_table(NULL);
        /* Other processes may wait at the other ends of pipes, and what follows takes long. */
        sched_leave();
        uvm_destroy(&proc->uvm);
        lock_acquire(&proc_lock);
        orphan_children_locked(proc);
        if (proc->parent) {
            proc->is_zombie = true;
            wait_wake(&proc->parent->changed);
        } else {
            release_locked(proc);
        }
        lock_release(&proc_lock);
    }
    sched_exit();
}

static void
kill_other(struct thread *thread)
{
    if (thread != thread_this())
        sched_kill(thread);
}

_Noreturn void
proc_exit(int status)
{
    struct proc *proc = proc_this();

    lock_acquire(&proc_lock);
    if (!proc->is_exiting) { /* otherwise its status is set, and this thread has been killed */
        proc->is_exiting = true;
        proc->exit_status = status;
        if (proc->threads > 1)
            thread_each(proc, kill_other);
    }
    lock_release(&proc_lock);
    proc_thread_exit();
}

/* Removes a zombie from the list of children; NULL if there is none. The caller holds proc_lock. */
static struct proc *
take_zombie_locked(struct proc *proc)
{
    for (struct proc **link = &proc->children, *child; (child = *link);
         link = &child->next_sibling) {
        if (child->is_zombie) {
            *link = child->next_sibling;
            return child;
        }
    }
    return NULL;
}

int64_t
sys_wait(const uint64_t arg[6])
{
    struct proc *proc = proc_this(), *child;
    uint64_t status_va = arg[0], deadline = console_poll();
    bool is_alive = true;
    int pid, status;

    lock_acquire(&proc_lock);
    while (!(child = take_zombie_locked(proc))) {
        bool has_children = proc->children;
        if (!has_children || !is_alive) {
            lock_release(&proc_lock);
            return has_children ? -EINTR : -ECHILD;
        }
        is_alive = wait_sleep(&proc->changed, &proc_lock, deadline);
        if (deadline != TIMER_NEVER) {
            lock_release(&proc_lock);
            deadline = console_poll();
            lock_acquire(&proc_lock);
        }
    }
    pid = child->pid;
    status = child->exit_status;
    lock_release(&proc_lock);
    if (status_va && !uvm_copy_out(&proc->uvm, status_va, &status, sizeof(status))) {
        lock_acquire(&proc_lock); /* put it back: the parent did not receive its status */
        child->next_sibling = proc->children;
        proc->children = child;
        lock_release(&proc_lock);
        return -EFAULT;
    }
    release(child);
    return pid;
}

int64_t
sys_kill(const uint64_t arg[6])
{
    int pid = (int)arg[0], result = -ESRCH;

    lock_acquire(&proc_lock);
    for (unsigned i = 0; i < NPROC; i++) {
        if (pid > 0 && procs[i].pid == pid && &procs[i] != init) {
            kill_locked(&procs[i]);
            result = 0;
        }
    }
    lock_release(&proc_lock);
    return result;
}

int64_t
sys_newgroup(const uint64_t arg[6])
{
    struct proc *proc = proc_this();

    (void)arg;
    lock_acquire(&proc_lock);
    proc->group = proc->pid;
    lock_release(&proc_lock);
    return 0;
}

void
proc_interrupt(int owner)
{
    int group = 0;

    lock_acquire(&proc_lock);
    for (unsigned i = 0; i < NPROC; i++)
        if (procs[i].pid == owner)
            group = procs[i].group;
    for (unsigned i = 0; group && i < NPROC; i++)
        if (procs[i].pid && procs[i].pid != owner && procs[i].group == group && &procs[i] != init)
            kill_locked(&procs[i]);
    lock_release(&proc_lock);
}

/* Adds a thread: it begins at arg[0], with its stack pointer, tp and a0 in the other arguments. */
int64_t
sys_thread_start(const uint64_t arg[6])
{
    struct thread *self = thread_this(), *thread = NULL;
    struct proc *proc = self->proc;

    lock_acquire(&proc_lock);
    if (!proc->is_exiting)
        thread = thread_alloc(proc, begin_user);
    if (thread)
        proc->threads++;
    lock_release(&proc_lock);
    if (!thread)
        return -EAGAIN;
    proc->uvm.is_shared = true;
    memset(thread->frame, 0, sizeof(*thread->frame));
    thread->frame->pc = arg[0];
    thread->frame->status = STATUS_USER;
    thread->frame->x[X_SP] = arg[1];
    thread->frame->x[X_TP] = arg[2];
    thread->frame->x[X_A0] = arg[3];
    sched_start(thread);
    return 0;
}

int64_t
sys_thread_exit(const uint64_t arg[6])
{
    static const uint32_t done = 0;

    /* A bad address is the program's own fault: then nobody is woken. */
    if (uvm_copy_out(&proc_this()->uvm, arg[0], &done, sizeof(done)))
        futex_wake(arg[0], THREADS);
    proc_thread_exit();
}

bool
proc_end_others(void)
{
    struct proc *proc = proc_this();
    bool is_alive = true;

    if (proc->threads == 1)
        return true;
    lock_acquire(&proc_lock);
    is_alive = !proc->is_exiting;
    if (is_alive)
        thread_each(proc, kill_other);
    while (is_alive && proc->threads > 1)
        is_alive = wait_sleep(&proc->changed, &proc_lock, TIMER_NEVER);
    lock_release(&proc_lock);
    return is_alive;
}

struct inode *
proc_get_cwd(void)
{
    struct proc *proc = proc_this();
    struct inode *dir;

    lock_acquire(&proc->files_lock);
    dir = inode_hold(proc->cwd);
    lock_release(&proc->files_lock);
    return dir;
}

void
proc_set_cwd(struct inode *dir)
{
    struct proc *proc = proc_this();
    struct inode *old;

    lock_acquire(&proc->files_lock);
    old = proc->cwd;
    proc->cwd = dir;
    lock_release(&proc->files_lock);
    inode_put(old);
}

bool
proc_info(unsigned n, struct procinfo *info)
{
    const struct proc *proc = &procs[n];
    bool is_there;

    memset(info, 0, sizeof(*info));
    lock_acquire(&proc_lock);
    is_there = proc->pid != 0;
    if (is_there) {
        info->pid = proc->pid;
        info->parent = proc->parent ? proc->parent->pid : 0;
        info->threads = (int)proc->threads;
        info->is_zombie = proc->is_zombie;
        info->size = proc->uvm.size;
        info->run_ns = timer_to_ns(proc->run_time + thread_run_time(proc));
        memcpy(info->name, proc->name, sizeof(info->name));
    }
    lock_release(&proc_lock);
    return is_there;
}

void
proc_fault(const struct trap_frame *frame, const char *why)
{
    struct proc *proc = proc_this();
    char name[ELF_SYMBOL_NAME_SIZE],
        place[ELF_SYMBOL_NAME_SIZE + sizeof(" +0x0123456789abcdef")] = "";
    uint64_t start;

    if (elf_symbol_find(proc->program, frame->pc, name, &start))
        format_into(place, sizeof(place), " %s+0x%lx", name, frame->pc - start);
    console_print("%s: pid %d: %s, address 0x%lx, pc 0x%lx%s%s%s\n", proc->name, proc->pid,
                  riscv_cause_name(frame->cause), frame->value, frame->pc, place, why ? ": " : "",
                  why ? why : "");
    proc_exit(-1);
}

bool
proc_is_shut_down(void)
{
    return is_shut_down;
}
