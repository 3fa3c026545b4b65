//@ why Who has a hart keeps it until it sleeps.
//@ loses turns wakes spreads policy
//@ substitute toyos/kernel/sched/sched.c
    if (is_over && self->thread && self->queue.count)
//@ by
    if (is_over && !self->thread && self->queue.count)
