/*
 * The scheduler. A thread that stops switches straight to the next one; a hart's own context runs
 * sched_loop, which is where it goes when there is none.
 */
#include "toyos/kernel/sched/sched.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/mm/pagetable.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/trap/trap.h"

#define SLICE_MS 10
#define SLACK_MS 1 /* what is left of a slice that is as good as over */

void context_switch(struct context *from, const struct context *to);

static void
queue_push(struct run_queue *queue, struct thread *thread)
{
    thread->next_ready = NULL;
    lock_acquire(&queue->lock);
    *(queue->first ? &queue->last->next_ready : &queue->first) = thread;
    queue->last = thread;
    queue->count++;
    lock_release(&queue->lock);
}

static struct thread *
queue_pop(struct run_queue *queue)
{
    struct thread *thread;

    if (queue->count == 0)
        return NULL;
    lock_acquire(&queue->lock);
    thread = queue->first;
    if (thread) {
        queue->first = thread->next_ready;
        queue->count--;
    }
    lock_release(&queue->lock);
    return thread;
}

/* A thread of this hart's, or of the longest other queue. */
static struct thread *
take_ready(struct hart *self)
{
    struct thread *thread = queue_pop(&self->queue);
    struct hart *longest = self;

    if (thread || hart_count == 1)
        return thread;
    for (unsigned i = 0; i < hart_count; i++)
        if (harts[i].queue.count > longest->queue.count)
            longest = &harts[i];
    return queue_pop(&longest->queue);
}

/* Have an idle hart look at the queues; false: there is none. */
static bool
kick_idle(void)
{
    for (unsigned i = 0; i < hart_count; i++) {
        if (harts[i].is_idle && atomic_exchange(&harts[i].is_idle, 0)) {
            hart_interrupt(&harts[i]);
            return true;
        }
    }
    return false;
}

/* Somebody waits for this hart: interrupt what runs at the end of its slice, and, if he still waits
 * when it leaves the kernel, let an idle hart come and take him. Not now: the other hart would soon
 * wait for a lock that this one has, and the two may share a processor. */
static void
share_hart(struct hart *self)
{
    unsigned waiting = self->queue.count;

    if (waiting && self->thread)
        timer_arm_by(self->slice_end);
    if (waiting && hart_count > 1)
        self->is_to_share = true;
}

void
sched_share(void)
{
    struct hart *self = hart_this();

    self->is_to_share = false;
    for (unsigned waiting = self->queue.count; waiting && kick_idle(); waiting--)
        ;
}

/* With the thread's lock. */
static void
make_ready(struct thread *thread)
{
    struct hart *self = hart_this();

    thread->state = THREAD_READY;
    queue_push(&self->queue, thread);
    share_hart(self);
}

void
sched_start(struct thread *thread)
{
    lock_acquire(&thread->lock);
    make_ready(thread);
    lock_release(&thread->lock);
}

static void
thread_wake(struct thread *thread)
{
    lock_acquire(&thread->lock);
    /* A deadline that is over by now does not end a sched_wait: who does has taken it from its
     * queue. */
    if (thread->state == THREAD_SLEEPING && !(thread->is_waiting && thread->queue))
        make_ready(thread);
    lock_release(&thread->lock);
}

/* What is left to do for the thread that ran here before, now that its stack is not in use. */
static void
finish_switch(void)
{
    struct hart *self = hart_this();
    struct thread *previous = self->previous;

    if (!previous)
        return;
    self->previous = NULL;
    if (previous->state == THREAD_READY) { /* not earlier: another hart would have run it */
        queue_push(&self->queue, previous);
        share_hart(self);
    }
    lock_release(&previous->lock);
}

void
sched_begin(void)
{
    finish_switch();
    sched_leave();
}

void
sched_use_table(const uint64_t *root)
{
    atomic_store_explicit(&hart_this()->root, root, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst); /* hart_fence_others has the other one */
    kvm_activate(root ? root : kvm_root);
}

/* Give this hart to `next`, whose registers are still to be loaded. */
static void
enter(struct hart *self, struct thread *next)
{
    lock_acquire_second(&next->lock); /* nobody who holds it waits for the lock of one that stops */
    next->state = THREAD_RUNNING;
    if (next->hart != self) {
        icache_flush(); /* another hart may have loaded the program */
        next->hart = self;
    }
    lock_release(&next->lock);
    self->thread = next;
    next->started = timer_now();
    self->slice_end = next->started + timer_from_ms(SLICE_MS);
    share_hart(self);
    sched_use_table(next->proc ? next->proc->uvm.root : NULL);
    if (next->proc)
        fpu_enter(next);
}

/* Leave the hart, with the thread's lock; comes back without it, maybe on another hart. */
static void
switch_away(struct thread *thread)
{
    struct hart *self = hart_this();
    struct thread *next = take_ready(self);

    lock_check_sleep(&thread->lock);
    if (!next && thread->state == THREAD_READY) { /* it yields to nobody */
        thread->state = THREAD_RUNNING;
        self->slice_end = timer_now() + timer_from_ms(SLICE_MS);
        lock_release(&thread->lock);
        return;
    }
    thread->run_time += timer_now() - thread->started;
    if (thread->proc)
        fpu_leave(thread);
    self->previous = thread;
    if (next) {
        enter(self, next);
        context_switch(&thread->context, &next->context);
    } else {
        self->thread = NULL;
        kvm_activate(
            kvm_root); /* the process's own table may be freed before this hart has another */
        context_switch(&thread->context, &self->scheduler);
    }
    finish_switch();
}

/* Have this hart watch the deadline of a thread that is about to sleep. */
static void
watch_deadline(struct thread *thread, uint64_t deadline)
{
    struct hart *self = hart_this();
    struct thread **link = &self->queue.sleepers;

    thread->deadline = deadline;
    lock_acquire(&self->queue.lock);
    while (*link && (*link)->deadline <= deadline)
        link = &(*link)->next_sleeper;
    thread->next_sleeper = *link;
    thread->sleeper_hart = self;
    *link = thread;
    lock_release(&self->queue.lock);
    timer_arm_by(deadline);
}

/* The thread has woken: nobody needs to watch its deadline. */
static void
forget_deadline(struct thread *thread)
{
    struct hart *hart = thread->sleeper_hart;
    struct thread **link;

    if (!hart)
        return;
    lock_acquire(&hart->queue.lock);
    if (thread->sleeper_hart) {
        for (link = &hart->queue.sleepers; *link != thread; link = &(*link)->next_sleeper)
            ;
        *link = thread->next_sleeper;
        thread->sleeper_hart = NULL;
    }
    lock_release(&hart->queue.lock);
}

/* With the queue's lock. */
static void
enqueue(struct wait_queue *queue, struct thread *thread)
{
    struct thread *last = queue->first ? queue->last : NULL;

    thread->queue = queue;
    thread->next_in_queue = NULL;
    thread->previous_in_queue = last;
    if (last)
        last->next_in_queue = thread;
    else
        queue->first = thread;
    queue->last = thread;
}

/* With the queue's lock. */
static void
dequeue(struct wait_queue *queue, struct thread *thread)
{
    struct thread *next = thread->next_in_queue, *previous = thread->previous_in_queue;

    if (next)
        next->previous_in_queue = previous;
    else
        queue->last = previous;
    if (previous)
        previous->next_in_queue = next;
    else
        queue->first = next;
    thread->queue = NULL;
}

/*
 * Locks are taken before the one that guards the step before is let go of: `lock`, the queue's, the
 * thread's. So a waker finds the thread in the queue, and asleep.
 */
static void
sleep_in(struct wait_queue *queue, struct lock *lock, uint64_t deadline, bool is_waiting)
{
    struct thread *self = thread_this();

    lock_check_sleep(lock); /* also if it does not come to that */
    if (queue) {
        lock_acquire(&queue->lock);
        enqueue(queue, self);
    }
    if (lock)
        lock_release(lock);
    lock_acquire(&self->lock);
    if (queue)
        lock_release(&queue->lock);
    if (!is_waiting && self->is_killed) {
        lock_release(&self->lock);
    } else {
        self->state = THREAD_SLEEPING;
        self->is_waiting = is_waiting;
        if (deadline != TIMER_NEVER)
            watch_deadline(self, deadline);
        switch_away(self);
        forget_deadline(self);
    }
    if (queue && self->queue) { /* woken by another thing than the queue, maybe */
        lock_acquire(&queue->lock);
        if (self->queue)
            dequeue(queue, self);
        lock_release(&queue->lock);
    }
    if (lock)
        lock_acquire(lock);
}

bool
sched_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    sleep_in(queue, lock, deadline, false);
    return !thread_this()->is_killed;
}

void
sched_wait(struct wait_queue *queue, struct lock *lock)
{
    sleep_in(queue, lock, TIMER_NEVER, true);
}

bool
sched_can_sleep(void)
{
    return thread_this() != NULL;
}

void
sched_wake_first(struct wait_queue *queue, unsigned most)
{
    struct thread *thread;

    lock_acquire(&queue->lock);
    while (most-- && (thread = queue->first)) {
        dequeue(queue, thread);
        thread_wake(thread);
    }
    lock_release(&queue->lock);
}

void
sched_kill(struct thread *thread)
{
    thread->is_killed = true;
    lock_acquire(&thread->lock);
    if (thread->state == THREAD_SLEEPING && !thread->is_waiting)
        make_ready(thread);
    else if (thread->state == THREAD_RUNNING && thread->hart != hart_this())
        hart_interrupt(thread->hart);
    lock_release(&thread->lock);
}

void
sched_yield(void)
{
    struct thread *self = thread_this();

    lock_acquire(&self->lock);
    self->state = THREAD_READY;
    switch_away(self);
}

_Noreturn void
sched_exit(void)
{
    struct thread *self = thread_this();

    fpu_drop(self);
    lock_check_none();
    lock_acquire(&self->lock);
    self->proc = NULL;
    self->state = THREAD_FREE;
    switch_away(self);
    panic("a thread that has ended was scheduled");
}

/* Wake those whose time has come. */
static void
wake_sleepers(struct hart *self)
{
    for (;;) {
        struct thread *thread;
        lock_acquire(&self->queue.lock);
        thread = self->queue.sleepers;
        if (thread && thread->deadline <= timer_now()) {
            self->queue.sleepers = thread->next_sleeper;
            thread->sleeper_hart = NULL;
        } else {
            thread = NULL;
        }
        lock_release(&self->queue.lock);
        if (!thread)
            return;
        thread_wake(thread); /* for no reason, if it has woken and sleeps anew by now */
    }
}

/* Set the timer to what is due next. */
static void
arm_timer(struct hart *self)
{
    uint64_t when = self->thread && self->queue.count ? self->slice_end : TIMER_NEVER;

    lock_acquire(&self->queue.lock);
    if (self->queue.sleepers && self->queue.sleepers->deadline < when)
        when = self->queue.sleepers->deadline;
    lock_release(&self->queue.lock);
    timer_arm(when);
}

/* Give one of the threads that wait here to a hart with less to do. One that is
 * idle would come when this one leaves the kernel. */
static void
balance(struct hart *self)
{
    struct hart *least = self;
    struct thread *thread;

    for (unsigned i = 0; i < hart_count; i++)
        if (harts[i].is_running && harts[i].queue.count < least->queue.count)
            least = &harts[i];
    if (self->queue.count < least->queue.count + 2)
        return;
    thread = queue_pop(&self->queue);
    if (!thread)
        return;
    queue_push(&least->queue, thread);
    least->is_idle = 0;
    hart_interrupt(least); /* its timer may not be set: see sched_interrupt */
}

void
sched_timer(void)
{
    struct hart *self = hart_this();
    uint64_t now = timer_now();
    bool is_over;

    wake_sleepers(self);
    balance(self);
    is_over = self->slice_end <= now + timer_from_ms(SLACK_MS);
    if (is_over)
        self->slice_end = now + timer_from_ms(SLICE_MS);
    arm_timer(self);
    if (is_over && self->thread && self->queue.count)
        sched_yield();
}

void
sched_interrupt(void)
{
    share_hart(hart_this());
}

_Noreturn void
sched_loop(void)
{
    struct hart *self = hart_this();

    timer_arm(TIMER_NEVER);
    for (;;) {
        struct thread *next;
        self->is_idle = 1; /* first, so that who makes a thread ready from now on may kick us */
        next = take_ready(self);
        if (!next)
            wait_for_interrupt(); /* wakes for what is pending though interrupts are off (§3.3.3) */
        self->is_idle = 0;
        if (next) {
            sched_leave(); /* of several that an interrupt woke */
            enter(self, next);
            context_switch(&self->scheduler, &next->context);
            finish_switch();
        } else {
            trap_poll_interrupts();
        }
    }
}
