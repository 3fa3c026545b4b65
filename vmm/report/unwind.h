/*
 * From a function to the one that called it, in a guest that died: by the call frame information of
 * its ELF file (.debug_frame or .eh_frame, by libdw), by frame pointers, or by the register ra. The
 * file and the guest's memory are not trusted. For one thread at a time, as source_line.h.
 */
#ifndef DUET_VMM_UNWIND_H
#define DUET_VMM_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "common/riscv.h"
#include "vmm/guest/guest_mem.h"

struct elf_image;
struct unwind;

/* A function that has been called and has not returned, and the registers as they are in it. */
struct frame {
    uint64_t pc; /* of the first frame where the hart is, of a caller where the call returns to */
    uint64_t x[X_COUNT];
    bool is_first;
};

/* NULL if there is no memory for it. */
struct unwind *unwind_open(const struct elf_image *image, const struct guest_mem *mem,
                           uint64_t satp);

/* Turns the frame into that of its caller. False if the caller is not known; the frame is as before
 * then. */
bool unwind_step(struct unwind *unwind, struct frame *frame);

/* Frees it; NULL is nothing. */
void unwind_close(struct unwind *unwind);

#endif
