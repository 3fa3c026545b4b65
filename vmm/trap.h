/* Guest accesses to where nothing is, and traps that the guest has no handler for. */
#ifndef DUET_VMM_TRAP_H
#define DUET_VMM_TRAP_H

#include <stdint.h>

struct vcpu;

/* A page with the code at guest physical address 0 on which a hart lands that traps while stvec is
 * 0; give it to the guest read-only. MAP_FAILED with errno if there is no memory. */
void *trap_page_create(void);

/* Serves an MMIO exit. There is no device: the trap page's store ends the VM with a report, any
 * other access raises the guest's access fault (Privileged 1.12 §4.1.8), as on real hardware. */
void trap_mmio(struct vcpu *vcpu);

/* Raises exception `cause` at `pc`, as if the hart had done it (Privileged 1.12 §4.1.1), with
 * `value` for stval. The vCPU has to be settled. 0, or -1 with errno set. */
int trap_raise(struct vcpu *vcpu, uint64_t pc, uint64_t cause, uint64_t value);

#endif
