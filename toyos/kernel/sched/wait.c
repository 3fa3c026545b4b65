/*
 * Waiting: queues of threads that sleep, and their deadlines.
 *
 * A thread that sleeps until a time is in the list of the hart where it went to sleep, by deadline;
 * that hart's timer wakes it.
 */
#include "toyos/kernel/sched/wait.h"

#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/sched/sched.h"

/* Makes this hart watch the deadline of a thread that is about to sleep. */
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

/* The thread has woken, so nobody needs to watch its deadline. */
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

/* The caller holds the queue's lock. */
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

/* The caller holds the queue's lock. */
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

/* Three locks are taken one after the other, each before the previous one is released: `lock`, the
 * queue's lock, the thread's lock. So whoever wakes the queue finds the thread in it, asleep. */
static void
sleep_in(struct wait_queue *queue, struct lock *lock, uint64_t deadline, bool is_waiting)
{
    struct thread *self = thread_this();

    lock_check_sleep(lock); /* even if it will not sleep */
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
        sched_switch_away(self);
        forget_deadline(self);
    }
    if (queue && self->queue) { /* a deadline or a kill may have woken it */
        lock_acquire(&queue->lock);
        if (self->queue)
            dequeue(queue, self);
        lock_release(&queue->lock);
    }
    if (lock)
        lock_acquire(lock);
}

bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    sleep_in(queue, lock, deadline, false);
    return !thread_this()->is_killed;
}

void
wait_unkillable(struct wait_queue *queue, struct lock *lock)
{
    sleep_in(queue, lock, TIMER_NEVER, true);
}

bool
wait_can_sleep(void)
{
    return thread_this() != NULL;
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    struct thread *thread;

    lock_acquire(&queue->lock);
    while (most-- && (thread = queue->first)) {
        dequeue(queue, thread);
        sched_wake(thread);
    }
    lock_release(&queue->lock);
}

uint64_t
wait_wake_due(void)
{
    struct hart *self = hart_this();

    for (;;) {
        uint64_t next = TIMER_NEVER;
        struct thread *thread;
        lock_acquire(&self->queue.lock);
        thread = self->queue.sleepers;
        if (thread && thread->deadline <= timer_now()) {
            self->queue.sleepers = thread->next_sleeper;
            thread->sleeper_hart = NULL;
        } else {
            next = thread ? thread->deadline : TIMER_NEVER;
            thread = NULL;
        }
        lock_release(&self->queue.lock);
        if (!thread)
            return next;
        sched_wake(thread); /* without a reason, if the thread has woken and sleeps again by now */
    }
}
