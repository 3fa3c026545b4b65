//@ why stval does not say which address it was.
//@ loses faults
//@ from solution
//@ substitute vmm/guest/trap.c satp >> SATP_MODE_SHIFT ? 0 : gpa => satp ? gpa : 0
