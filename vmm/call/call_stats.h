/* Counters of the hypercalls, summed over all vCPUs. */
#ifndef DUET_VMM_CALL_STATS_H
#define DUET_VMM_CALL_STATS_H

#include "abi/hypercalls.h"

struct vm;

/* The sum of the counters of call `nr`, below DUET_CALLS. From any thread, also while the vCPUs
 * run; what they count at this moment may be in it or not. */
struct duet_call_stats call_stats_sum(const struct vm *vm, uint64_t nr);

#endif
