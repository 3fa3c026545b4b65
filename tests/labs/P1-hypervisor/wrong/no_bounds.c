//@ why Each address that a guest uses gets a page.
//@ loses outside
//@ substitute tests/labs/P1-hypervisor/hv/exit.c
    if (!guest_mem_has(gpa, 1))
//@ by
    if (gpa >= UINT64_C(1) << 41)
