//@ why The end of a buffer is worked out by a sum that wraps around.
//@ loses buffers
//@ substitute tests/labs/P1-hypervisor/hv/guest_mem.c
    return gpa >= DUET_RAM_BASE && gpa - DUET_RAM_BASE < ram_size &&
           len <= ram_size - (gpa - DUET_RAM_BASE);
//@ by
    return gpa >= DUET_RAM_BASE && gpa + len <= DUET_RAM_BASE + ram_size;
