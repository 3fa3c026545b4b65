/*
 * Source lines of the guest's code, from its ELF file's DWARF, by libdw. Only for a guest that
 * died: nothing of DWARF is read before. The file is not trusted: what is printed is bounded. One
 * thread at a time may use it, and no other thread may use the image meanwhile.
 */
#ifndef DUET_VMM_SOURCE_LINE_H
#define DUET_VMM_SOURCE_LINE_H

#include <stdint.h>
#include <stdio.h>

struct elf_image;
struct source_lines;

/* NULL if the file has no DWARF. */
struct source_lines *source_lines_open(const struct elf_image *image);

/* Appends to a line on `to` where virtual address `pc` is in the source: " at file:line", and for
 * code that was inlined "; inlined FUNCTION at file:line" for each call, from the innermost out.
 * Nothing if that is not known, or `lines` is NULL. */
void source_line_print(struct source_lines *lines, uint64_t pc, FILE *to);

/* Frees it; NULL is nothing. */
void source_lines_close(struct source_lines *lines);

#endif
