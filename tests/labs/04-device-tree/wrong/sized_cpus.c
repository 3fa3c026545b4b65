//@ why /cpus says that a hart has a size.
//@ loses cpus
//@ substitute vmm/boot/device_tree.c "#size-cells", 0 => "#size-cells", 1
