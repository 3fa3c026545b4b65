/* Guest accesses to where nothing is, and traps that the guest has no handler for. */
#ifndef DUET_VMM_TRAP_H
#define DUET_VMM_TRAP_H

struct vcpu;

/* A page with the code at guest physical address 0 on which a hart lands that traps while stvec is
 * 0; give it to the guest read-only. MAP_FAILED with errno if there is no memory. */
void *trap_page_create(void);

/* Serves an MMIO exit. There is no device: the trap page's store ends the VM with a report, any
 * other access raises the guest's access fault (Privileged 1.12 §4.1.8), as on real hardware. */
void trap_mmio(struct vcpu *vcpu);

#endif
