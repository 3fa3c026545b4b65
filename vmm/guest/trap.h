/* Guest accesses to where nothing is, and traps that the guest has no handler for. */
#ifndef DUET_VMM_TRAP_H
#define DUET_VMM_TRAP_H

#include <stdint.h>

#include "abi/memory.h"

struct vcpu;

/* The page with the code at guest physical address 0 on which a hart lands that traps while stvec
 * is 0. A page of duet's file: no memory is taken for it, nobody writes to it. */
extern const uint32_t trap_page[DUET_TRAP_PAGE_SIZE / sizeof(uint32_t)];

/* Serves an MMIO exit. There is no device: the trap page's store ends the VM with a report, any
 * other access raises the guest's access fault (Privileged 1.12 §4.1.8), as on real hardware. */
void trap_mmio(struct vcpu *vcpu);

/* Raises exception `cause` at `pc`, as if the hart had done it (Privileged 1.12 §4.1.1), with
 * `value` for stval. The vCPU has to be settled. 0, or -1 with errno set. */
int trap_raise(struct vcpu *vcpu, uint64_t pc, uint64_t cause, uint64_t value);

#endif
