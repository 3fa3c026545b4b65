//@ why A segment that ends with the last byte before another one, or of RAM, is refused.
//@ loses edges
//@ substitute vmm/boot/elf_image.c if (phdr->p_paddr < other->paddr + other->memsz && other->paddr < end) => if (phdr->p_paddr < other->paddr + other->memsz && other->paddr <= end)
