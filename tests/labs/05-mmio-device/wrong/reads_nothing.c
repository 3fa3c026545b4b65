//@ why Where nothing is, a load gets 0 and a store is lost.
//@ loses refused outside faults
//@ from solution
//@ substitute vmm/device/bus.c if (trap_access_fault(vcpu, access->is_store, gpa)) { => if (gpa == 0) {
