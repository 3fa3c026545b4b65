/*
 * A hart's external interrupt (sip.SEIP, Privileged 1.12 §4.1.3). KVM keeps its level until it is
 * told another one.
 *
 * One part of the VMM decides on the level, and so owns the interrupt: the events (device/event.h),
 * which join all their causes into the boot hart's. To have an interrupt controller, such as a
 * PLIC, own it, give this to the controller instead, and make the events one of its sources. Two
 * threads must not make calls on one interrupt at a time: the owner has a lock for that.
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
