//@ why The timer interrupts a little too early.
//@ loses timer
//@ substitute tests/labs/P1-hypervisor/hv/timer.c
    const uint64_t arg[6] = {when};
//@ by
    const uint64_t arg[6] = {when > 50000 ? when - 50000 : 0};
