//@ why More bytes in the file than in memory are taken.
//@ loses sizes
//@ substitute vmm/boot/elf_image.c if (phdr->p_filesz > phdr->p_memsz) => if (0)
