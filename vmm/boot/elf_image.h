/*
 * The guest's ELF file, or a raw image of Linux's (linux_image.h) taken for one segment. It is
 * checked whole before a VM exists, then copied into RAM. Read with libelf.
 */
#ifndef DUET_VMM_ELF_IMAGE_H
#define DUET_VMM_ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/guest/guest_mem.h"

/* More program headers than any real kernel has. */
#define ELF_SEGMENTS_MAX 64

struct elf_segment {
    uint64_t offset; /* in the file */
    uint64_t filesz, memsz;
    uint64_t paddr, vaddr;
    bool executable;
};

struct elf_image {
    const char *path;
    int fd;
    struct Elf *elf; /* NULL: a raw image, which has no symbols */
    uint64_t entry;  /* guest physical address of the first instruction */
    uint64_t end;    /* one past the highest guest physical address used */
    uint64_t sum;  /* elf_image_sum() of a program that runs, and whose file was not given; or 0 */
    bool has_note; /* it carries the ABI note: it was built for Duet */
    unsigned segment_count;
    struct elf_segment segment[ELF_SEGMENTS_MAX];
};

/* What elf_image_open() asks of the guest's ABI note. */
enum elf_note {
    ELF_NOTE_IGNORED,  /* it may be missing, or of any version */
    ELF_NOTE_WANTED,   /* it has to be there, and of our version */
    ELF_NOTE_OPTIONAL, /* it may be missing, but not of another version */
};

/* Opens `path` and checks that it is a RISC-V ELF64 executable whose segments fit in
 * [ram_base, ram_base + ram_size), and that its ABI note is as `note` asks. A position-independent
 * file is accepted if its addresses lie in RAM: it is loaded there, and relocates itself. So does
 * one that is linked for address 0, and is loaded at DUET_KERNEL_BASE; it is refused where the note
 * is wanted. 0, or -1 after saying, in one line, which file and why not. */
int elf_image_open(struct elf_image *image, const char *path, uint64_t ram_base, uint64_t ram_size,
                   enum elf_note note);

/* A checksum of the entry point and of the segments' places in the file and in RAM. Two different
 * programs almost never have the same one. */
uint64_t elf_image_sum(const struct elf_image *image);

/* Copies the segments into RAM, which has to be zeroed. 0, or -1 after saying why. */
int elf_image_load(const struct elf_image *image, const struct guest_mem *mem);

/* The address that code at `pc` is linked for: another one if `pc` is a physical address. */
uint64_t elf_image_virtual(const struct elf_image *image, uint64_t pc);

/* The function that virtual (or, while paging is off, physical) address `pc` is in: its name and
 * the offset into it. NULL if the file's symbols do not say. */
const char *elf_image_symbol(const struct elf_image *image, uint64_t pc, uint64_t *offset);

/* Where the byte that is linked for virtual address `gva` was loaded. False if there is none. */
bool elf_image_physical(const struct elf_image *image, uint64_t gva, uint64_t *gpa);

/* Whether there is code at `pc`, a virtual or physical address, in the image. */
bool elf_image_is_code(const struct elf_image *image, uint64_t pc);

/* The bytes [*begin, *end) of those that a segment has from the file which its next section of
 * instructions has; `*section` is 0 at first. They lie in the segment. False: there are no more. A
 * segment may also have data in it. A file without sections has none of these. */
bool elf_image_code_next(const struct elf_image *image, const struct elf_segment *segment,
                         size_t *section, uint64_t *begin, uint64_t *end);

/* Closes the file. It may be called again. */
void elf_image_close(struct elf_image *image);

#endif
