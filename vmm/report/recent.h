/* The hypercalls that were made last, for the report on a guest that died: decoded. */
#ifndef DUET_VMM_RECENT_H
#define DUET_VMM_RECENT_H

#include <stdint.h>
#include <stdio.h>

#include "vmm/call/recent_call.h"

struct vm;

/* The last RECENT_CALLS of all vCPUs. */
struct recent_shown {
    const struct vm *vm;
    uint64_t at; /* clock_ticks() when they were the last */
    unsigned count;
    struct recent_made {
        unsigned vcpu;
        uint64_t n; /* the vCPU's hypercall of this number */
        struct recent_call call;
    } made[RECENT_CALLS];
};

/* Copies them as they are now. */
void recent_take(struct recent_shown *shown, const struct vm *vm);

/* Prints them, the newest last, as the trace shows them; the time is seconds before they were
 * taken. `ticks_hz` is how fast clock_ticks() counts; 0: not known, no times. */
void recent_print(struct recent_shown *shown, uint64_t ticks_hz, FILE *to);

#endif
