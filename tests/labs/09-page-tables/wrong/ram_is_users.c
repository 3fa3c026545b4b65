//@ why Programs may access a part of RAM at the kernel's address. The kernel has no use for it yet, and runs.
//@ loses kernel
//@ substitute toyos/kernel/mm/kernel_map.c *pte = pte_make(pa, flags | KERNEL_FLAGS); => *pte = pte_make(pa, flags | KERNEL_FLAGS | (pa >> 22 == 0x84000000 >> 22 ? PTE_U : 0));
