/* The parts of an ELF file that exec and reports of faults read (ELF gABI, 64-bit). */
#ifndef TOYOS_ELF_H
#define TOYOS_ELF_H

#include <stdint.h>

/* 64-bit, little-endian, version 1 */
#define ELF_IDENT "\177ELF\2\1\1"

#define ELF_TYPE_EXEC     2
#define ELF_MACHINE_RISCV 243
#define ELF_SEGMENT_LOAD  1
#define ELF_FLAG_X        1
#define ELF_FLAG_W        2

#define ELF_SECTION_SYMBOLS   2
#define ELF_SYMBOL_FUNCTION   2
#define ELF_SYMBOL_TYPE(info) ((info) & 15)

struct elf_header {
    uint8_t ident[7];
    uint8_t unused[9];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments_offset, sections_offset;
    uint32_t flags;
    uint16_t header_size, segment_size, segment_count;
    uint16_t section_size, section_count, section_names;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, va, pa, file_size, mem_size, align;
};

struct elf_section {
    uint32_t name, type;
    uint64_t flags, va, offset, size;
    uint32_t link, info; /* link: of symbols, the section with their names */
    uint64_t align, entry_size;
};

struct elf_symbol {
    uint32_t name; /* where in the strings */
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};

#endif
