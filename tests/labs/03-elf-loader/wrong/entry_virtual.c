//@ why The entry point is taken for a physical address.
//@ loses physical
//@ substitute vmm/boot/elf_image.c *entry = e_entry - segment->vaddr + segment->paddr; => *entry = e_entry;
