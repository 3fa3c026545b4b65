//@ why The identity can be read in any width.
//@ loses refused
//@ from solution
//@ substitute vmm/device/adder.c if (access->offset == ID && access->len == 4) => if (access->offset == ID)
