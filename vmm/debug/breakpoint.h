/*
 * Software breakpoints. They are kept by guest virtual address. While the guest is stopped none is
 * in its memory, so that nobody sees or overwrites one; just before it goes on each is planted
 * wherever its address leads: an EBREAK over the instruction.
 *
 * Where they were planted is remembered: a process that no hart runs now has its breakpoints
 * planted again, as long as the code around is still the same.
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

#include "vmm/guest/guest_mem.h"

#define BREAKPOINTS_MAX 256 /* set at a time */
#define PLANTS_MAX      512 /* in memory at a time */
#define FORMER_MAX      256 /* remembered of each kind; the oldest is forgotten */

/* The code around a breakpoint by which its page is known again: an aligned block of it. */
#define CONTEXT_SIZE 32

/* gdb has two kinds, and removes each by itself. Both are EBREAKs: RISC-V's triggers are not a
 * guest's. */
enum breakpoint_kind { BREAKPOINT_SOFTWARE, BREAKPOINT_HARDWARE };

struct plant {
    uint64_t gva, gpa;
    uint32_t original;
    bool passing; /* for a step only */
    uint8_t context[CONTEXT_SIZE];
};

/* A ring. */
struct former {
    unsigned next, count;
    struct plant plant[FORMER_MAX];
};

struct breakpoints {
    const struct guest_mem *mem;
    unsigned width; /* of EBREAK in bytes: 2 if the guest has the C extension, else 4. Then no
                       instruction, and so no breakpoint, lies across two pages */
    unsigned set_count, plant_count;
    struct {
        uint64_t gva;
        unsigned kinds; /* a bit for each kind that is set there */
    } set[BREAKPOINTS_MAX];
    struct plant plant[PLANTS_MAX];
    struct former lasting, passing; /* what was planted for breakpoints, and for steps */
};

/* Sets, or removes. False when there are too many, or none there. Memory is not touched. */
bool breakpoint_set(struct breakpoints *points, uint64_t gva, enum breakpoint_kind kind);
bool breakpoint_clear(struct breakpoints *points, uint64_t gva, enum breakpoint_kind kind);
bool breakpoint_is_set(const struct breakpoints *points, uint64_t gva);

/* Plants one for `gva` at `gpa`; `passing` if it is for a step only. False if that is not RAM, or
 * there are too many. */
bool breakpoint_plant(struct breakpoints *points, uint64_t gva, uint64_t gpa, bool passing);

/* Plants those that are set where they were before. First of all, while none is in memory. */
void breakpoint_replant(struct breakpoints *points);

/* Takes all out of memory. */
void breakpoint_unplant(struct breakpoints *points);

/* Whether one is planted at `gpa`. */
bool breakpoint_is_planted(const struct breakpoints *points, uint64_t gpa);

/* The guest hit an EBREAK that is not planted. Whether it is a copy of one that was, at `gva`: with
 * `keep` it counts as planted from now on, otherwise it is taken out of memory. */
bool breakpoint_copy(struct breakpoints *points, uint64_t gva, uint64_t gpa, bool keep);

#endif
