/*
 * A pause: all vCPUs stay out of the guest until somebody has it go on. The clock goes on, so
 * timers that expire meanwhile are late. The debugger can stop a guest that is paused, and the
 * other way round: it runs when both let it.
 */
#ifndef DUET_VMM_PAUSE_H
#define DUET_VMM_PAUSE_H

#include <stdatomic.h>
#include <stdbool.h>

struct vm;
struct vcpu;

struct pause {
    atomic_bool wanted; /* the vCPUs are to stay out of the guest */
    atomic_int told_fd; /* an eventfd, written by each vCPU that begins to wait */
};

/* Has the vCPUs leave the guest. Each that has, writes to the eventfd `told_fd`, and then
 * vm_is_paused() may have become true: a vCPU whose hypercall waits, for a terminal that takes no
 * more output, leaves when that is done. From one thread, which also resumes. */
void vm_pause(struct vm *vm, int told_fd);
void vm_resume(struct vm *vm);

/* Whether all vCPUs are out of the guest, and wait. */
bool vm_is_paused(const struct vm *vm);

/* On a vCPU's thread that was kicked out of KVM_RUN: waits until there is something to look at, and
 * returns true, while there is a pause. False: it may run. */
bool pause_vcpu_wait(struct vcpu *vcpu);

#endif
