/* Exceptions that the VMM raises in the guest. */
#ifndef DUET_VMM_TRAP_H
#define DUET_VMM_TRAP_H

#include <stdbool.h>
#include <stdint.h>

struct vcpu;

/* Raises exception `cause` at `pc`, as if the hart had done it (Privileged 1.12 §4.1.1), with
 * `value` for stval. The vCPU has to be settled. 0, or -1 with errno set. */
int trap_raise(struct vcpu *vcpu, uint64_t pc, uint64_t cause, uint64_t value);

/* Raises a load or store access fault (Privileged 1.12 §4.1.8) at the instruction that an MMIO exit
 * was for, an access to guest physical address `gpa`. The vCPU has not been settled since that
 * exit. 0, or -1 with errno set. */
int trap_access_fault(struct vcpu *vcpu, bool is_store, uint64_t gpa);

#endif
