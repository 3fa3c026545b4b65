//@ why The kernel may write to its constants.
//@ loses kernel
//@ substitute toyos/kernel/mm/kernel_map.c map_linear(rodata, data, PTE_R); => map_linear(rodata, data, PTE_R | PTE_W);
