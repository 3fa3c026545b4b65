//@ why A hart takes threads from its own queue alone.
//@ loses steals policy
//@ substitute toyos/kernel/sched/sched.c
    if (thread || hart_count == 1)
        return thread;
//@ by
    if (thread || hart_count >= 1)
        return thread;
