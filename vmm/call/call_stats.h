/* What the hypercalls came to, of all vCPUs together. */
#ifndef DUET_VMM_CALL_STATS_H
#define DUET_VMM_CALL_STATS_H

#include "abi/hypercalls.h"

struct vm;

/* The sum of a call's counters; nr < DUET_CALLS. On any thread, also while the vCPUs run: what they
 * count at this moment may be in it or not. */
struct duet_call_stats call_stats_sum(const struct vm *vm, uint64_t nr);

#endif
