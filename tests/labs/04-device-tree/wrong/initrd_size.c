//@ why The end of the RAM disk is its size.
//@ loses chosen
//@ substitute vmm/boot/device_tree.c
                             machine->initrd_start + machine->initrd_size));
//@ by
                             machine->initrd_size));
