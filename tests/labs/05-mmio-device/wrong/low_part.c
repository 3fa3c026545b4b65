//@ why A load gets the low bytes of the sum, wherever in it it begins.
//@ loses parts
//@ from solution
//@ substitute vmm/device/adder.c adder->sum >> 8 * (access->offset - SUM) => adder->sum
