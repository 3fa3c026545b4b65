/* The scheduler. A thread that stops switches directly to the next one. If there is none, it
 * switches to the hart's own context, which runs sched_run(). */
#include "toyos/kernel/sched/sched.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/mm/kernel_map.h"
#include "toyos/kernel/proc/proc.h"

#define SLICE_MS 10
#define SLACK_MS 1 /* a slice with less than this left counts as over */

void context_switch(struct context *from, const struct context *to);

static inline void
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

/* Takes a thread from this hart's queue or, if that is empty, from the longest queue. */
static inline struct thread *
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

/* Wakes an idle hart to look at the queues. False if no hart is idle. */
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

/* If a thread waits for this hart, the running one is interrupted at the end of its slice. If the
 * thread still waits when this hart leaves the kernel, an idle hart is woken to take it. It is not
 * woken here: it would soon wait for a lock that this hart holds, and the two may share a
 * processor. */
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

/* The caller holds the thread's lock. */
static inline void
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

void
sched_wake(struct thread *thread)
{
    lock_acquire(&thread->lock);
    if (thread->state == THREAD_SLEEPING && !(thread->is_waiting && thread->queue))
        make_ready(thread);
    lock_release(&thread->lock);
}

/* Completes the switch from the previous thread of this hart, whose stack is no longer in use. */
static inline void
finish_switch(void)
{
    struct hart *self = hart_this();
    struct thread *previous = self->previous;

    if (!previous)
        return;
    self->previous = NULL;
    /* Not earlier, or another hart could have run it already. */
    if (previous->state == THREAD_READY) {
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
    /* hart_fence_others() has the other half of this pair. */
    atomic_thread_fence(memory_order_seq_cst);
    pagetable_use(root ? root : kernel_map_root);
}

/* Switches this hart to `next`, except for its registers. */
static void
enter(struct hart *self, struct thread *next)
{
    /* The holder of this lock never waits for the lock that this hart may hold. */
    lock_acquire_second(&next->lock);
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

void
sched_switch_away(struct thread *thread)
{
    struct hart *self = hart_this();
    struct thread *next = take_ready(self);

    lock_check_sleep(&thread->lock);
    if (!next && thread->state == THREAD_READY) { /* it yields, and there is no other thread */
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
        /* The process's own table may be freed before this hart loads another. */
        pagetable_use(kernel_map_root);
        context_switch(&thread->context, &self->scheduler);
    }
    finish_switch();
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
    sched_switch_away(self);
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
    sched_switch_away(self);
    panic("a thread that has ended was scheduled");
}

/* Moves a waiting thread to a hart that has at least two fewer. An idle hart does not need this: it
 * is woken when this hart leaves the kernel. */
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
    hart_interrupt(least); /* the timer may not be set: see sched_interrupt() */
}

void
sched_timer(uint64_t deadline)
{
    struct hart *self = hart_this();
    uint64_t now = timer_now();
    bool is_over;

    balance(self);
    is_over = self->slice_end <= now + timer_from_ms(SLACK_MS);
    if (is_over)
        self->slice_end = now + timer_from_ms(SLICE_MS);
    if (self->thread && self->queue.count && self->slice_end < deadline)
        deadline = self->slice_end;
    timer_arm(deadline);
    if (is_over && self->thread && self->queue.count)
        sched_yield();
}

void
sched_interrupt(void)
{
    share_hart(hart_this());
}

bool
sched_run(void)
{
    struct hart *self = hart_this();
    struct thread *next;

    /* Set first: from now on, whoever makes a thread ready may interrupt this hart. */
    self->is_idle = 1;
    next = take_ready(self);
    if (!next)
        /* wfi wakes for pending interrupts although they are disabled (§3.3.3). */
        wait_for_interrupt();
    self->is_idle = 0;
    if (!next)
        return false;
    sched_leave(); /* one interrupt may have made several threads ready */
    enter(self, next);
    context_switch(&self->scheduler, &next->context);
    finish_switch();
    return true;
}
