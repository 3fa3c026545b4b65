/*
 * A vCPU: its KVM file descriptor, its thread, and the loop that runs it. All fields but `tid`
 * belong to that thread once it runs.
 */
#ifndef DUET_VMM_VCPU_H
#define DUET_VMM_VCPU_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/call/recent_call.h"
#include "vmm/guest/irq.h"
#include "vmm/trace/stats.h"

struct vm;
struct kvm_run;

struct vcpu {
    struct vm *vm;
    unsigned id; /* the hart id */
    int fd;
    struct kvm_run *run;
    struct irq irq; /* its external interrupt */
    pthread_t thread;
    atomic_int tid;     /* the thread that is in vcpu_run(), for the kick; 0: none */
    atomic_bool paused; /* it is out of the guest, for there is a pause */
    atomic_bool left;   /* the thread is about to end: a join does not wait */
    struct stats stats;
    struct recent_calls recent;
    /* CLOCK_MONOTONIC of the last entry to the guest and of the exit that is served; only kept when
     * the VM is observed. */
    uint64_t entry_ns, exit_ns;
};

/* Creates vCPU `id` of the VM. 0, or -1 after saying why. */
int vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned id);
void vcpu_destroy(struct vcpu *vcpu);

/* Runs the vCPU on the calling thread until the VM ends. */
void vcpu_run(struct vcpu *vcpu);

#endif
