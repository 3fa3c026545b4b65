/*
 * Notices that all harts have stopped themselves (SBI 2.0 §9.2): only another hart can start a
 * stopped one, so nothing happens any more. KVM keeps the harts in KVM_RUN and does not say so.
 *
 * Every few seconds the owner reads how much processor time the vCPUs' threads took. Only if they
 * took none does it have them leave KVM_RUN, to see whether they are stopped or wait (WFI). A
 * stopped hart stays out of KVM_RUN until it is known whether all are stopped, so that none can
 * start it meanwhile.
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
    unsigned skipped, skip_max; /* idle ticks since the last look; how many to let pass */

    atomic_bool asked;    /* the harts are to say whether they are stopped */
    pthread_mutex_t lock; /* guards what follows, and changes of `asked` */
    bool waits[CPUS_MAX]; /* the hart is stopped, and stays out of KVM_RUN */
};

/* No hart has stopped. Before any vCPU runs. */
void stopped_init(struct stopped *stopped);

/* Every few seconds, on the owner, while the vCPUs run. */
void stopped_tick(struct vm *vm);

/* On a vCPU's thread that was kicked out of KVM_RUN: says whether it is stopped, if that was asked.
 * The machine ends, with a report, if all are. */
void stopped_vcpu_kicked(struct vcpu *vcpu);

#endif
