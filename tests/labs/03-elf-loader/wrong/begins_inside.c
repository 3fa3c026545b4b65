//@ why Only a segment that begins inside another one is refused.
//@ loses overlaps
//@ substitute vmm/boot/elf_image.c if (phdr->p_paddr < other->paddr + other->memsz && other->paddr < end) => if (phdr->p_paddr < other->paddr + other->memsz && phdr->p_paddr >= other->paddr)
