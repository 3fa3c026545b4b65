//@ why Only the first hart is in the tree.
//@ loses cpus interrupts
//@ substitute vmm/boot/device_tree.c id < machine->cpus; => id < 1 && id < machine->cpus;
