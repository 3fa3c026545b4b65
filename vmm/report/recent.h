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
    uint64_t at; /* clock_ticks() when they were taken */
    unsigned count;
    struct recent_made {
        unsigned vcpu;
        uint64_t n; /* the vCPU's hypercall of this number */
        struct recent_call call;
    } made[RECENT_CALLS];
};

/* Copies the last calls of this VM. From any thread; its vCPUs may run. */
void recent_take(struct recent_shown *shown, const struct vm *vm);

/* Prints them as the trace shows calls, the newest last, with the seconds from each call to
 * recent_take(). `ticks_hz` is how often clock_ticks() counts a second; if it is 0, there are no
 * times. */
void recent_print(struct recent_shown *shown, uint64_t ticks_hz, FILE *to);

#endif
