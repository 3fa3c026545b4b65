//@ why A store that faults is reported as a load.
//@ loses refused outside faults
//@ from solution
//@ substitute vmm/guest/trap.c is_store ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS => is_store ? CAUSE_LOAD_ACCESS : CAUSE_LOAD_ACCESS
