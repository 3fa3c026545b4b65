//@ why All of RAM may be written to and run.
//@ loses kernel
//@ substitute toyos/kernel/mm/kernel_map.c map_linear(ram->range[i].start, ram->range[i].end, PTE_R | PTE_W); => map_linear(ram->range[i].start, ram->range[i].end, PTE_R | PTE_W | PTE_X);
