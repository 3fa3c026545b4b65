/* Fetches from where nothing is. */
#ifndef DUET_VMM_FETCH_FAULT_H
#define DUET_VMM_FETCH_FAULT_H

#include <stdbool.h>

struct vcpu;

/* Serves KVM_RUN's EOPNOTSUPP if it is for a fetch from where nothing is: raises the guest's
 * instruction access fault (Privileged 1.12 §4.1.8). A guest that has no handler, or has it where
 * nothing is, dies; one that trapped while stvec is 0 arrives here, too, for it fetches from
 * address 0. False if the error is for something else, or the guest has done this too often. */
bool fetch_fault_serve(struct vcpu *vcpu);

#endif
