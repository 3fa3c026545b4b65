//@ why What is added has no sign.
//@ loses signs
//@ from solution
//@ substitute vmm/device/adder.c (uint64_t)((int64_t)(access->data << shift) >> shift) => access->data << shift >> shift
