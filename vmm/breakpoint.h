/*
 * Software breakpoints. They are kept by guest virtual address. While the guest is stopped none is
 * in its memory, so that nobody sees or overwrites one; just before it goes on each is planted
 * wherever its address leads: an EBREAK over the instruction.
 *
 * A guest that copies a page (fork) copies what is planted in it. A copy is recognised when it is
 * hit, by its virtual address, also after its breakpoint was removed.
 *
 * All of it belongs to the debugger's thread, and is used while the vCPUs are out of the guest or
 * for the one that is.
 */
#ifndef DUET_VMM_BREAKPOINT_H
#define DUET_VMM_BREAKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/guest_mem.h"

#define BREAKPOINTS_MAX 256 /* set at a time */
#define PLANTS_MAX      512 /* in memory at a time */
#define FORMER_MAX      256 /* remembered, the oldest is forgotten */

struct plant {
    uint64_t gva, gpa;
    uint32_t original;
};

struct breakpoints {
    const struct guest_mem *mem;
    unsigned width; /* of EBREAK in bytes: 2 if the guest has the C extension, else 4. Then no
                       instruction, and so no breakpoint, lies across two pages */
    unsigned set_count, plant_count, former_next;
    uint64_t set[BREAKPOINTS_MAX]; /* gva */
    struct plant plant[PLANTS_MAX];
    struct plant former[FORMER_MAX]; /* a ring */
};

/* Sets, or removes. False when there are too many, or none there. Memory is not touched. */
bool breakpoint_set(struct breakpoints *points, uint64_t gva);
bool breakpoint_clear(struct breakpoints *points, uint64_t gva);
bool breakpoint_is_set(const struct breakpoints *points, uint64_t gva);

/* Plants one for `gva` at `gpa`. False if that is not RAM, or there are too many. */
bool breakpoint_plant(struct breakpoints *points, uint64_t gva, uint64_t gpa);

/* Takes all out of memory. */
void breakpoint_unplant(struct breakpoints *points);

/* Whether one is planted at `gpa`. */
bool breakpoint_is_planted(const struct breakpoints *points, uint64_t gpa);

/* The guest hit an EBREAK that is not planted. Whether it is a copy of one that was, at `gva`:
 * then it is now taken out of memory, too. */
bool breakpoint_uncopy(struct breakpoints *points, uint64_t gva, uint64_t gpa);

#endif
