//@ why The virtual address says where a segment goes.
//@ loses physical
//@ substitute vmm/boot/elf_image.c .paddr = phdr->p_paddr, => .paddr = phdr->p_vaddr,
