/*
 * Counters of what a vCPU did. Each belongs to its vCPU's thread; they are added up when they are
 * printed, which may be while the vCPUs run.
 */
#ifndef DUET_VMM_STATS_H
#define DUET_VMM_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/hypercalls.h"
#include "vmm/trace/counter.h"
#include "vmm/trace/histogram.h"

enum exit_kind {
    EXIT_HYPERCALL,
    EXIT_SBI, /* another SBI call that KVM forwards */
    EXIT_MMIO_LOAD,
    EXIT_MMIO_STORE,
    EXIT_SYSTEM_EVENT,
    EXIT_EBREAK, /* for the debugger */
    EXIT_KICK,   /* interrupted by a signal */
    EXIT_OTHER,  /* of no use: an error of KVM's */
    EXIT_KINDS,
};

struct stats {
    uint64_t exits[EXIT_KINDS];
    uint64_t calls_unknown; /* hypercalls that the table does not have */
    struct duet_call_stats call[DUET_CALLS];
    /* How long each call took, from exit to the value; DUET_CALLS of them, or NULL: not measured */
    struct histogram *duration;
    int kvm_fd; /* KVM's counters of the vCPU; -1: none */
};

/* Sets all counters to 0. With `measure`, durations are measured and KVM's counters of the vCPU
 * `fd` are opened. Before that vCPU runs. 0, or -1 after saying why. */
int stats_create(struct stats *stats, int fd, bool measure);
void stats_destroy(struct stats *stats);

#endif
