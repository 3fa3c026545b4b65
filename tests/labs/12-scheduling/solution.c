//@ substitute toyos/kernel/sched/thread.h
    enum thread_state state;
//@ by
    enum thread_state state;
    bool is_below;        /* its run queue's lock, or its hart; feedback queues: it has used up a slice */
    uint64_t ready_since; /* its run queue's lock */
//@ replace toyos/kernel/sched/sched.c
/* Those that are below come behind the others. */
static inline void
queue_push(struct run_queue *queue, struct thread *thread)
{
    struct thread **link = &queue->first;

    lock_acquire(&queue->lock);
    while (*link && (thread->is_below || !(*link)->is_below))
        link = &(*link)->next_ready;
    thread->next_ready = *link;
    thread->ready_since = timer_now();
    *link = thread;
    queue->count++;
    lock_release(&queue->lock);
}

static struct thread *
queue_pop(struct run_queue *queue)
{
    static _Atomic uint64_t chance = 1;
    struct thread **link = &queue->first, *thread;
    uint64_t total = 0, draw;

    if (queue->count == 0)
        return NULL;
    lock_acquire(&queue->lock);
#define TICKETS(t) ((t)->proc && (t)->proc->pid % @FAVOURED@ == 0 ? @TICKETS@u : 1u)
    if (@LOTTERY@ && *link) {
        for (thread = *link; thread; thread = thread->next_ready)
            total += TICKETS(thread);
        chance = draw = chance * 6364136223846793005 + timer_now();
        for (draw = (draw >> 33) % total; draw >= TICKETS(*link); link = &(*link)->next_ready)
            draw -= TICKETS(*link);
    }
    if (!@LOTTERY@)
        for (struct thread **l = link; (thread = *l); l = &thread->next_ready)
            if (thread->is_below && timer_now() - thread->ready_since > timer_from_ms(@PATIENCE@)) {
                thread->is_below = false;
                link = l;
                break;
            }
    thread = *link;
    if (thread) {
        *link = thread->next_ready;
        queue->count--;
    }
    lock_release(&queue->lock);
    return thread;
}

static inline void
make_ready(struct thread *thread)
{
    struct hart *self = hart_this();

    thread->state = THREAD_READY;
    thread->is_below = false;
    queue_push(&self->queue, thread);
    share_hart(self);
}
//@ substitute toyos/kernel/sched/sched.c
    if (is_over)
        self->slice_end = now + timer_from_ms(SLICE_MS);
//@ by
    if (is_over && self->thread)
        self->thread->is_below = !@LOTTERY@;
    if (is_over)
        self->slice_end = now + timer_from_ms(SLICE_MS);
