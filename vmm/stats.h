/* Counters of what a vCPU did: each belongs to its vCPU's thread, and they are added up at the end.
 */
#ifndef DUET_VMM_STATS_H
#define DUET_VMM_STATS_H

#include <stdint.h>

#include "abi/hypercalls.h"

struct vm;

struct call_stats {
    uint64_t count;
    uint64_t errors; /* of these, returned an error */
    uint64_t bytes;  /* in buffers read and filled */
};

struct stats {
    uint64_t exits_sbi;
    uint64_t exits_mmio;
    uint64_t exits_kick; /* interrupted by a signal */
    uint64_t exits_other;
    uint64_t calls_unknown; /* hypercalls that the table does not have */
    struct call_stats call[DUET_CALLS];
};

/* Prints the counters of all vCPUs, and the memory that duet itself takes, on stderr. Only when no
 * vCPU runs. */
void stats_print(const struct vm *vm);

#endif
