//@ why The end of a segment is a sum that wraps, and loading trusts the check.
//@ loses wraps
//@ replace vmm/boot/elf_image.c
static int
segment_add(struct elf_image *image, const GElf_Phdr *phdr, unsigned index, uint64_t file_size,
            uint64_t ram_base, uint64_t ram_size)
{
    uint64_t end;

    if (phdr->p_memsz == 0)
        return 0;
    if (phdr->p_filesz > phdr->p_memsz)
        return fail("%s: segment %u has more bytes in the file than in memory", image->path, index);
    /* Where nothing begins in the file (bss) is no matter. */
    if (phdr->p_filesz &&
        (phdr->p_offset > file_size || phdr->p_filesz > file_size - phdr->p_offset))
        return fail("%s: is truncated: segment %u ends beyond the file", image->path, index);
    end = phdr->p_paddr + phdr->p_memsz;
    if (phdr->p_paddr < ram_base || end > ram_base + ram_size)
        return outside_ram(image, index, phdr->p_paddr, end, ram_base, ram_size);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *other = &image->segment[i];
        if (phdr->p_paddr < other->paddr + other->memsz && other->paddr < end)
            return fail("%s: segment %u overlaps another one", image->path, index);
    }
    if (end > image->end)
        image->end = end;
    image->segment[image->segment_count++] = (struct elf_segment){
        .offset = phdr->p_offset,
        .filesz = phdr->p_filesz,
        .memsz = phdr->p_memsz,
        .paddr = phdr->p_paddr,
        .vaddr = phdr->p_vaddr,
        .executable = phdr->p_flags & PF_X,
    };
    return 0;
}

int
elf_image_load(const struct elf_image *image, const struct guest_mem *mem)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];
        unsigned char *to = mem->hva + (segment->paddr - mem->base);
        uint64_t done = 0;

        while (done < segment->filesz) {
            ssize_t got = pread(image->fd, to + done, segment->filesz - done,
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
