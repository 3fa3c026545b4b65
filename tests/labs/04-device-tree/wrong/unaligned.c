//@ why The tree is at an address that is no multiple of 8.
//@ loses registers toyos
//@ substitute vmm/machine/vm.c *fdt_gpa = vm->mem.base + vm->mem.size - DEVICE_TREE_SIZE; => *fdt_gpa = vm->mem.base + vm->mem.size - DEVICE_TREE_SIZE - 4;
