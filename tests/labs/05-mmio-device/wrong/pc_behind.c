//@ why sepc is the instruction behind the one that faulted.
//@ loses faults
//@ from solution
//@ substitute vmm/guest/trap.c
    for (unsigned n = 1; n < X_COUNT; n++)
//@ by
    reg_get(vcpu->fd, REG_GPR(0), &x[0]);
    for (unsigned n = 1; n < X_COUNT; n++)
