//@ why Segments may overlap.
//@ loses overlaps
//@ substitute vmm/boot/elf_image.c if (phdr->p_paddr < other->paddr + other->memsz && other->paddr < end) => if (phdr->p_paddr == other->paddr + 1 && end == other->paddr)
