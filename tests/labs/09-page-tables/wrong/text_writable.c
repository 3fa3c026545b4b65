//@ why The kernel may write to its own text.
//@ loses kernel
//@ substitute toyos/kernel/mm/kernel_map.c map_linear(text, rodata, PTE_R | PTE_X); => map_linear(text, rodata, PTE_R | PTE_W | PTE_X);
