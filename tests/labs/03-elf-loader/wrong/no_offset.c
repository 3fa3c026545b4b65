//@ why The bytes are taken from the beginning of the file.
//@ loses all
//@ substitute vmm/boot/elf_image.c (off_t)(segment->offset + done)); => (off_t)(done));
