//@ why A thread that becomes ready is the next one: the others starve.
//@ loses turns spreads policy
//@ substitute toyos/kernel/sched/sched.c
    thread->next_ready = NULL;
    lock_acquire(&queue->lock);
    *(queue->first ? &queue->last->next_ready : &queue->first) = thread;
    queue->last = thread;
//@ by
    lock_acquire(&queue->lock);
    thread->next_ready = queue->first;
    queue->first = thread;
