/*
 * A hart's external interrupt (sip.SEIP, Privileged 1.12 §4.1.3). KVM keeps its level until it is
 * told another one.
 *
 * One part of the VMM decides on the level, and so owns the interrupt: the events (device/event.h),
 * which join all their causes into the boot hart's. An interrupt controller, such as a PLIC, takes
 * over by being given this instead, and the events become one of its sources. Calls on one
 * interrupt are not made by two threads at a time: the owner has a lock.
 */
#ifndef DUET_VMM_IRQ_H
#define DUET_VMM_IRQ_H

#include <stdbool.h>

struct irq {
    int vcpu_fd;
    bool raised; /* the level, as KVM was told last */
};

/* The external interrupt of the vCPU that has this file descriptor; its level is low. */
void irq_init(struct irq *irq, int vcpu_fd);

/* Sets the level, whether the vCPU runs or not. KVM is told of changes only: each is an ioctl. */
void irq_set(struct irq *irq, bool level);

/* The same, but tells KVM in any case: KVM forgets the level of a hart that is stopped and started
 * again (HSM). */
void irq_set_again(struct irq *irq, bool level);

#endif
