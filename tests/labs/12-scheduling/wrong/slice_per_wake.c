//@ why Whenever a thread wakes, the running one gets a new slice.
//@ loses wakes policy
//@ substitute toyos/kernel/sched/sched.c
    if (waiting && self->thread)
        timer_arm_by(self->slice_end);
//@ by
    if (waiting && self->thread) {
        self->slice_end = timer_now() + timer_from_ms(SLICE_MS);
        timer_arm(self->slice_end);
    }
