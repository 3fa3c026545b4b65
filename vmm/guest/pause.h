/*
 * A pause: all vCPUs stay out of the guest until vm_resume(). The clock goes on, so timers that
 * expire meanwhile are late. A pause and the debugger's stop may overlap: the guest runs when
 * neither holds it.
 */
#ifndef DUET_VMM_PAUSE_H
#define DUET_VMM_PAUSE_H

#include <stdatomic.h>
#include <stdbool.h>

struct vm;
struct vcpu;

struct pause {
    atomic_bool wanted;   /* the vCPUs are to stay out of the guest */
    atomic_int notify_fd; /* an eventfd, written by each vCPU that begins to wait */
};

/* Makes the vCPUs leave the guest and wait. Each writes to the eventfd `notify_fd` when it begins
 * to wait; the last one makes vm_is_paused() true. A vCPU whose hypercall waits, such as for a
 * terminal that takes no more output, gets there when the call is done. From one thread, which also
 * resumes. */
void vm_pause(struct vm *vm, int notify_fd);
void vm_resume(struct vm *vm);

/* Whether all vCPUs are out of the guest, and wait. */
bool vm_is_paused(const struct vm *vm);

/* On a vCPU's thread that was kicked out of KVM_RUN. During a pause, waits for the next kick and
 * returns true: look again whether there is a pause. False: there is none, and it may run. */
bool pause_vcpu_wait(struct vcpu *vcpu);

#endif
