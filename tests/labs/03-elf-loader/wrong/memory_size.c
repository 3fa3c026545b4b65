//@ why As many bytes are read as the segment has in memory.
//@ loses all
//@ replace vmm/boot/elf_image.c
int
elf_image_load(const struct elf_image *image, const struct guest_mem *mem)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        unsigned char *to = guest_mem_slice(mem, segment->paddr, segment->memsz);
        uint64_t done = 0;

        if (!to)
            return fail("%s: segment %u is outside RAM", image->path, i);
        while (done < segment->memsz) {
            ssize_t got = pread(image->fd, to + done, segment->memsz - done,
                                (off_t)(segment->offset + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return fail_errno("%s", image->path);
            if (got == 0)
                return fail("%s: became shorter while it was loaded", image->path);
            done += (uint64_t)got;
        }
    }
    return 0;
}
