//@ why The entry point may be in a segment without code.
//@ loses entry
//@ replace vmm/boot/elf_image.c
static bool
entry_physical(const struct elf_image *image, uint64_t e_entry, uint64_t *entry)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        *entry = e_entry - segment->vaddr + segment->paddr;
        if (e_entry - segment->vaddr < segment->memsz)
            return true;
    }
    *entry = e_entry;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segment[i];

        if (e_entry - segment->paddr < segment->memsz)
            return true;
    }
    return false;
}
