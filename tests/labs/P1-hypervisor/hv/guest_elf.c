#include "hv/guest_elf.h"

#include <string.h>

#include "hv/guest_mem.h"
#include "hv/print.h"
#include "toyos/kernel/proc/elf.h"

/* The segment's bytes, from wherever they are: an initrd need not be aligned for a struct. */
static struct elf_segment
segment_read(uint64_t file, const struct elf_header *header, unsigned number)
{
    struct elf_segment segment;

    memcpy(&segment,
           (const char *)file + header->segments_offset + (uint64_t)number * header->segment_size,
           sizeof(segment));
    return segment;
}

uint64_t
guest_elf_load(uint64_t start, uint64_t end)
{
    struct elf_header header;
    uint64_t size = end - start, entry = 0;

    if (size < sizeof(header))
        die("there is no guest: give its ELF file to QEMU with -initrd");
    memcpy(&header, (const void *)start, sizeof(header));
    if (memcmp(header.ident, ELF_IDENT, sizeof(header.ident)) != 0 ||
        header.type != ELF_TYPE_EXEC || header.machine != ELF_MACHINE_RISCV)
        die("the initrd is no ELF file of a RISC-V kernel");
    if (header.segment_size != sizeof(struct elf_segment) || header.segments_offset > size ||
        header.segment_count > (size - header.segments_offset) / sizeof(struct elf_segment))
        die("the guest's ELF file is cut off");
    for (unsigned i = 0; i < header.segment_count; i++) {
        struct elf_segment segment = segment_read(start, &header, i);

        if (segment.type != ELF_SEGMENT_LOAD)
            continue;
        if (segment.offset > size || segment.file_size > size - segment.offset ||
            segment.file_size > segment.mem_size || !guest_mem_has(segment.pa, segment.mem_size))
            die("segment %u of the guest's ELF file is not in the file, or not in RAM", i);
        /* What lies behind file_size is zero already. */
        guest_mem_write(segment.pa, (const char *)start + segment.offset, segment.file_size);
        if (header.entry >= segment.va && header.entry - segment.va < segment.mem_size)
            entry = segment.pa + (header.entry - segment.va);
    }
    if (!entry)
        die("the entry point of the guest's ELF file is in none of its segments");
    return entry;
}
