//@ why The exit is not settled first, so that KVM moves the pc of the handler, and writes the load's register.
//@ loses faults
//@ from solution
//@ substitute vmm/guest/trap.c vcpu_settle(vcpu); => ;
