/* The scheduler. A hart's own context runs sched_loop; a process goes back there to stop. */
#include "toyos/kernel/sched.h"

#include <stddef.h>

#include "toyos/kernel/fpu.h"
#include "toyos/kernel/hart.h"
#include "toyos/kernel/kvm.h"
#include "toyos/kernel/panic.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/riscv_ops.h"
#include "toyos/kernel/timer.h"
#include "toyos/kernel/trap.h"

#define SLICE_MS 10

static struct lock sched_lock = LOCK_INIT("sched");
static struct proc *run_first, *run_last; /* sched_lock: the run queue */

void context_switch(struct context *from, const struct context *to);

/* Everything named *_locked wants sched_lock held. */

static void
make_ready_locked(struct proc *proc)
{
    proc->sched.state = SCHED_READY;
    proc->sched.next = NULL;
    *(run_first ? &run_last->sched.next : &run_first) = proc;
    run_last = proc;
    for (unsigned i = 0; i < hart_count; i++) {
        if (harts[i].idle) {
            harts[i].idle = false; /* so that the next one goes to another hart */
            hart_interrupt(&harts[i]);
            return;
        }
    }
}

static struct proc *
take_ready_locked(void)
{
    struct proc *proc = run_first;

    if (proc)
        run_first = proc->sched.next;
    return proc;
}

static void
watch_deadline_locked(struct proc *proc, uint64_t deadline)
{
    struct hart *self = hart_this();
    struct proc **link = &self->sleepers;

    proc->sched.deadline = deadline;
    if (deadline == TIMER_NEVER)
        return;
    while (*link && (*link)->sched.deadline <= deadline)
        link = &(*link)->sched.next_sleeper;
    proc->sched.next_sleeper = *link;
    proc->sched.sleeper_hart = self;
    *link = proc;
}

static void
wake_locked(struct proc *proc)
{
    struct proc **link;

    if (proc->sched.wait_queue) {
        link = &proc->sched.wait_queue->first;
        while (*link != proc)
            link = &(*link)->sched.next;
        *link = proc->sched.next;
        proc->sched.wait_queue = NULL;
    }
    if (proc->sched.deadline != TIMER_NEVER) {
        link = &proc->sched.sleeper_hart->sleepers;
        while (*link != proc)
            link = &(*link)->sched.next_sleeper;
        *link = proc->sched.next_sleeper;
    }
    make_ready_locked(proc);
}

/* Leave the processor; comes back, maybe on another hart, when scheduled again. */
static void
switch_away_locked(struct proc *proc)
{
    fpu_leave(proc);
    context_switch(&proc->context, &hart_this()->scheduler);
}

void
sched_start(struct proc *proc)
{
    lock_acquire(&sched_lock);
    make_ready_locked(proc);
    lock_release(&sched_lock);
}

static void
sleep_locked(struct wait_queue *queue, uint64_t deadline)
{
    struct proc *proc = proc_this();

    proc->sched.state = SCHED_SLEEPING;
    proc->sched.wait_queue = queue;
    proc->sched.next = queue->first;
    queue->first = proc;
    watch_deadline_locked(proc, deadline);
    switch_away_locked(proc);
}

bool
sched_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    struct proc *proc = proc_this();
    bool is_killed;

    lock_acquire(&sched_lock); /* before `lock` goes: who wakes us has to wait until we sleep */
    if (lock)
        lock_release(lock);
    if (!proc->sched.is_killed)
        sleep_locked(queue, deadline);
    is_killed = proc->sched.is_killed;
    lock_release(&sched_lock);
    if (lock)
        lock_acquire(lock);
    return !is_killed;
}

void
sched_wait(struct wait_queue *queue, struct lock *lock)
{
    struct proc *proc = proc_this();

    lock_acquire(&sched_lock);
    lock_release(lock);
    proc->sched.is_waiting = true;
    sleep_locked(queue, TIMER_NEVER);
    proc->sched.is_waiting = false;
    lock_release(&sched_lock);
    lock_acquire(lock);
}

bool
sched_can_sleep(void)
{
    return proc_this() != NULL;
}

void
sched_wake(struct wait_queue *queue)
{
    lock_acquire(&sched_lock);
    while (queue->first)
        wake_locked(queue->first);
    lock_release(&sched_lock);
}

void
sched_kill(struct proc *proc)
{
    lock_acquire(&sched_lock);
    proc->sched.is_killed = true;
    if (proc->sched.state == SCHED_SLEEPING && !proc->sched.is_waiting)
        wake_locked(proc);
    lock_release(&sched_lock);
}

bool
sched_is_killed(struct proc *proc)
{
    bool is_killed;

    lock_acquire(&sched_lock);
    is_killed = proc->sched.is_killed;
    lock_release(&sched_lock);
    return is_killed;
}

void
sched_yield(void)
{
    struct proc *proc = proc_this();

    lock_acquire(&sched_lock);
    make_ready_locked(proc);
    switch_away_locked(proc);
    lock_release(&sched_lock);
}

_Noreturn void
sched_exit(struct wait_queue *parent, struct lock *lock)
{
    struct proc *proc = proc_this();

    lock_acquire(&sched_lock);
    proc->sched.state = SCHED_ZOMBIE;
    while (parent->first)
        wake_locked(parent->first);
    lock_release(lock);
    context_switch(&proc->context, &hart_this()->scheduler);
    panic("a zombie was scheduled");
}

bool
sched_is_zombie(struct proc *proc)
{
    bool is_zombie;

    /* sched_exit holds the lock until its hart is back in sched_loop. */
    lock_acquire(&sched_lock);
    is_zombie = proc->sched.state == SCHED_ZOMBIE;
    lock_release(&sched_lock);
    return is_zombie;
}

/* Set the timer: to the end of the slice if a process runs, and to the next sleeper's deadline. */
static void
arm_timer_locked(bool is_running)
{
    struct hart *self = hart_this();
    uint64_t when = is_running ? timer_now() + timer_from_ms(SLICE_MS) : TIMER_NEVER;

    if (self->sleepers && self->sleepers->sched.deadline < when)
        when = self->sleepers->sched.deadline;
    timer_arm(when);
}

void
sched_timer(void)
{
    struct hart *self = hart_this();
    bool has_others;

    lock_acquire(&sched_lock);
    self->timer_set = 0; /* the interrupt stays until the timer is set anew */
    while (self->sleepers && self->sleepers->sched.deadline <= timer_now())
        wake_locked(self->sleepers);
    has_others = run_first != NULL;
    arm_timer_locked(self->proc != NULL);
    lock_release(&sched_lock);
    if (self->proc && has_others)
        sched_yield();
}

void
sched_begin(void)
{
    lock_release(&sched_lock);
}

static void
run_locked(struct proc *proc)
{
    struct hart *self = hart_this();

    proc->sched.state = SCHED_RUNNING;
    self->proc = proc;
    arm_timer_locked(true);
    kvm_activate(proc->uvm.root);
    icache_flush(); /* another hart may have loaded the program */
    fpu_enter(proc);
    context_switch(&self->scheduler, &proc->context);
    kvm_activate(kvm_root); /* the process's own table may be freed once the lock is released */
    self->proc = NULL;
}

_Noreturn void
sched_loop(void)
{
    struct hart *self = hart_this();

    for (;;) {
        struct proc *proc;

        lock_acquire(&sched_lock);
        proc = take_ready_locked();
        if (proc) {
            run_locked(proc);
            lock_release(&sched_lock);
            continue;
        }
        self->idle = true;
        arm_timer_locked(false);
        lock_release(&sched_lock);
        wait_for_interrupt(); /* wakes for what is pending though interrupts are off (§3.3.3) */
        lock_acquire(&sched_lock);
        self->idle = false;
        lock_release(&sched_lock);
        trap_poll_interrupts();
    }
}
