/*
 * The board's interrupt controller (RISC-V Platform-Level Interrupt Controller 1.0.0): interrupts
 * of the board's devices become external interrupts of the harts. Its contexts are numbered as on
 * `virt`: 2 × hart for M-mode, which never interrupts anyone here, and 2 × hart + 1 for S-mode.
 *
 * A device has events (plic_raise), a level (plic_level), or both. After an event the interrupt is
 * pending until a hart claims it, as on QEMU, even when the event's cause is gone; only its device
 * can end that earlier (plic_withdraw). Kernels rely on events: an old xv6 never reads the UART's
 * register that takes "can send" back, and would be interrupted without end if that were a level.
 */
#ifndef DUET_VMM_PLIC_H
#define DUET_VMM_PLIC_H

#include <stdbool.h>

/* Interrupts are numbered from 1 to this. */
#define PLIC_IRQ_MAX 95

struct vm;

/* An event: the interrupt is pending. From any thread, without locks that serving an access to the
 * PLIC takes. */
void plic_raise(struct vm *vm, unsigned irq);

/* Takes an event back that no hart has claimed: the interrupt is no longer pending, unless its
 * level is high. On the same threads. */
void plic_withdraw(struct vm *vm, unsigned irq);

/* Sets the level: the interrupt becomes pending when it rises, and again when a hart completes the
 * interrupt while it is high. On the same threads. */
void plic_level(struct vm *vm, unsigned irq, bool level);

#endif
