//@ why Whether the bytes are in the file is not looked at; what is missing stays zero.
//@ loses short_file
//@ substitute vmm/boot/elf_image.c if (phdr->p_filesz && => if (0 &&
//@ substitute vmm/boot/elf_image.c return fail("%s: became shorter while it was loaded", image->path) => break
