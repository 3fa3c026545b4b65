//@ replace toyos/kernel/sched/sched.c
/* Lab 12: a thread becomes the last of the queue. */
static inline void
queue_push(struct run_queue *queue, struct thread *thread)
{
    lock_acquire(&queue->lock);
    thread->next_ready = queue->first; /* to be mended: this way it is the first */
    queue->first = thread;
    queue->count++;
    lock_release(&queue->lock);
}

/* Lab 12: takes a thread from this hart's queue or, if that is empty, from the longest queue. */
static inline struct thread *
take_ready(struct hart *self)
{
    return queue_pop(&self->queue); /* the other harts' are not implemented */
}

/* Lab 12: if a thread waits for this hart, the running one is to be interrupted at the end of its slice. If the
 * thread still waits when this hart leaves the kernel, an idle hart is to be woken to take it (is_to_share). It is not
 * woken here: it would soon wait for a lock that this hart holds, and the two may share a processor. */
static void
share_hart(struct hart *self)
{
    (void)self; /* not implemented */
}

/* Lab 12: a thread moves to a hart that has at least two fewer waiting. That hart is told: see sched_interrupt(). */
static void
balance(struct hart *self)
{
    (void)self; /* not implemented */
}

/* Lab 12: as sched.h says. */
void
sched_timer(uint64_t deadline)
{
    balance(hart_this());
    timer_arm(deadline); /* the end of a slice is not implemented */
}
