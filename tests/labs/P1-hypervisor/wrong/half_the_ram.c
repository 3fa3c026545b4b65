//@ why A page fault in the upper half of RAM is taken for one outside of it.
//@ loses memory prompt tests
//@ substitute tests/labs/P1-hypervisor/hv/exit.c
    if (!guest_mem_has(gpa, 1))
//@ by
    if (!guest_mem_has(gpa, 1) || gpa >= DUET_RAM_BASE + guest_mem_size() / 2)
