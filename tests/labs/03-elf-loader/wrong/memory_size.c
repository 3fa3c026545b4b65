//@ why As many bytes are read as the segment has in memory.
//@ loses all
//@ substitute vmm/boot/elf_image.c while (done < segment->filesz) { => while (done < segment->memsz) {
//@ substitute vmm/boot/elf_image.c ssize_t got = pread(image->fd, to + done, segment->filesz - done, => ssize_t got = pread(image->fd, to + done, segment->memsz - done,
