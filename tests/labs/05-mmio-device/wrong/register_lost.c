//@ why KVM writes the load's register when the exit is settled, which is not undone.
//@ loses faults
//@ from solution
//@ substitute vmm/guest/trap.c for (unsigned n = 1; n < X_COUNT; n++) => for (unsigned n = 1; n < 1; n++)
