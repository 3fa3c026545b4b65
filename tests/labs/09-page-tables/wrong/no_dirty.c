//@ why A and D are left to the hardware, which may fault instead of setting them.
//@ loses kernel
//@ substitute toyos/kernel/mm/kernel_map.c (PTE_G | PTE_A | PTE_D) => (PTE_G)
