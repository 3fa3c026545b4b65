//@ why The guest begins with its timer's interrupt on.
//@ loses enters
//@ substitute tests/labs/P1-hypervisor/hv/vcpu.c
    csr_write(CSR_VSIE, 0);
//@ by
    csr_write(CSR_VSIE, 1 << IRQ_S_TIMER);
