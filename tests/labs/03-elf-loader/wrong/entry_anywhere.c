//@ why The entry point may be in a segment without code.
//@ loses entry
//@ substitute vmm/boot/elf_image.c if (segment->executable && e_entry - segment->vaddr < segment->memsz) => if (e_entry - segment->vaddr < segment->memsz)
//@ substitute vmm/boot/elf_image.c if (segment->executable && e_entry - segment->paddr < segment->memsz) => if (e_entry - segment->paddr < segment->memsz)
