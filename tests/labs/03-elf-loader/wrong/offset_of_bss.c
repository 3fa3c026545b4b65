//@ why A segment without bytes in the file is refused for where it begins there.
//@ loses edges
//@ substitute vmm/boot/elf_image.c if (phdr->p_filesz && => if (
