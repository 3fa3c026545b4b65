//@ why Of an address, the upper 32 bits are not looked at.
//@ loses outside
//@ from solution
//@ substitute vmm/device/bus.c const struct bus_range *range = range_find(&vcpu->vm->bus, gpa, run->mmio.len); => const struct bus_range *range = range_find(&vcpu->vm->bus, (uint32_t)gpa, run->mmio.len);
//@ substitute vmm/device/bus.c access.offset = range ? gpa - range->base : 0; => access.offset = range ? (uint32_t)gpa - range->base : 0;
