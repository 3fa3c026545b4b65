/*
 * Notices that all harts have stopped themselves (SBI 2.0 §9.2): a stopped hart is started by
 * another one, so nothing happens any more, and KVM, which keeps them in KVM_RUN, does not say so.
 *
 * The owner looks every few seconds at what processor time the vCPUs' threads took, and only if
 * that is none it has them leave KVM_RUN, to see whether they are stopped or wait (WFI). A hart
 * that is stopped stays out until all are, or one is not: so none can start it meanwhile.
 */
#ifndef DUET_VMM_STOPPED_H
#define DUET_VMM_STOPPED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/options.h"

struct vm;
struct vcpu;

struct stopped {
    /* The owner's. */
    uint64_t busy_ns;           /* processor time of all vCPUs' threads at the last look at it */
    unsigned skipped, skip_max; /* idle ticks without a look; how many there are to be */

    atomic_bool asked;    /* the harts are to say whether they are stopped */
    pthread_mutex_t lock; /* guards what follows, and changes of `asked` */
    bool waits[CPUS_MAX]; /* the hart is stopped, and stays out of KVM_RUN */
};

void stopped_init(struct stopped *stopped);

/* Every few seconds, on the owner, while the vCPUs run. */
void stopped_tick(struct vm *vm);

/* On a vCPU's thread that was kicked out of KVM_RUN: says whether it is stopped, if that was asked.
 * The machine ends, with a report, if all are. */
void stopped_vcpu_kicked(struct vcpu *vcpu);

#endif
