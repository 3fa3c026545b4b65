//@ why What is added is taken as 8 bytes, of which KVM has set only as many as were stored.
//@ loses signs
//@ from solution
//@ substitute vmm/device/adder.c (uint64_t)((int64_t)(access->data << shift) >> shift) => access->data + shift * 0
