/*
 * The board's CLINT, at the place and with the registers of SiFive's (FU540-C000 manual, "CLINT"):
 * for each hart a software interrupt (msip) and a timer (mtimecmp), both for M-mode, and the clock
 * (mtime), which is the one that `time` shows. It interrupts kernels that begin in M-mode
 * (machine_mode.h); to all others its registers only keep what is stored.
 */
#ifndef DUET_VMM_CLINT_H
#define DUET_VMM_CLINT_H

#include <stdint.h>

struct vcpu;

/* Which of the hart's interrupts are pending: their bits of mip (Privileged 1.12 §3.1.9). If the
 * timer is not due yet, the vCPU is kicked when it is, as it is for all else that becomes pending.
 * On the vCPU's own thread. */
uint64_t clint_pending(struct vcpu *vcpu);

/* Has the vCPU kicked in a millisecond, and not when the timer is due. Likewise. */
void clint_look_later(struct vcpu *vcpu);

#endif
