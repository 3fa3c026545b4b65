/*
 * The guest's RAM, for proofs of what writes to it: guest_mem.c, but for the note of what is
 * written (guest_mem_note), which has a proof of its own. Here it is whether one byte, whichever,
 * is noted. Included before all else of duet's.
 */
#ifndef DUET_TESTS_PROVE_RAM_NOTED_H
#define DUET_TESTS_PROVE_RAM_NOTED_H

#include "tests/prove/prove.h"

#include "vmm/guest/guest_mem.h" /* guest_mem_written() calls the one here */

void guest_mem_note_proved(const struct guest_mem *mem, const void *at, uint64_t len);

#define guest_mem_note guest_mem_note_proved
#include "vmm/guest/guest_mem.c"
#undef guest_mem_note

static uint64_t nobody_reads[1];

static struct {
    const unsigned char *byte; /* set by the harness */
    bool is;
} noted;

/* For `mem.written`: notes are asked for, or not. */
static inline uint64_t *
any_notes(void)
{
    return prove_bool("writes are noted") ? nobody_reads : NULL;
}

void
guest_mem_note(const struct guest_mem *mem, const void *at, uint64_t len)
{
    uint64_t offset = (uint64_t)((const unsigned char *)at - mem->hva);

    prove_check(mem->written, "notes are asked for");
    prove_check(offset <= mem->size && len <= mem->size - offset, "what is noted is in RAM");
    if ((uintptr_t)noted.byte - (uintptr_t)at < len)
        noted.is = true;
}

#endif
