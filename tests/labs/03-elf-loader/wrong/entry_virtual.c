//@ why The entry point is taken for a physical address.
//@ loses physical
//@ replace vmm/boot/elf_image.c
static bool
entry_physical(const struct elf_image *image, uint64_t e_entry, uint64_t *entry)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        *entry = e_entry;
        if (segment->executable && e_entry - segment->vaddr < segment->memsz)
            return true;
    }
    *entry = e_entry;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        if (segment->executable && e_entry - segment->paddr < segment->memsz)
            return true;
    }
    return false;
}
