/* Instruction fetches from addresses where there is no memory. */
#ifndef DUET_VMM_FETCH_FAULT_H
#define DUET_VMM_FETCH_FAULT_H

#include <stdbool.h>

struct vcpu;

/* Serves KVM_RUN's EOPNOTSUPP if the guest fetched from an address without memory: raises the
 * guest's instruction access fault (Privileged 1.12 §4.1.8). A guest dies that has no handler, or
 * has it at such an address. A guest that trapped while stvec was 0 arrives here too, for it then
 * fetches from address 0. False if the error has another cause, or the guest has done this too
 * often. */
bool fetch_fault_serve(struct vcpu *vcpu);

#endif
