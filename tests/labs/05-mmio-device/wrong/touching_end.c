//@ why The byte behind a device is taken for the device's.
//@ loses serves outside
//@ from solution
//@ substitute vmm/device/bus.c if (gpa - range->base < range->size) => if (gpa - range->base <= range->size)
//@ substitute vmm/device/bus.c return len <= range->size - (gpa - range->base) ? range : NULL; => return range;
