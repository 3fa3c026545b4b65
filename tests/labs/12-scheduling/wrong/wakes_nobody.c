//@ why Idle harts are not told that a thread waits.
//@ loses steals policy
//@ substitute toyos/kernel/sched/sched.c
    if (waiting && hart_count > 1)
//@ by
    if (waiting && hart_count > NCPU)
