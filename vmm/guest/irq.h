/*
 * A hart's external interrupt (sip.SEIP, Privileged 1.12 §4.1.3). KVM keeps its level until duet
 * sets another one.
 *
 * Two parts of the VMM have a level for it, and it is raised as long as one of the two is: the
 * events (device/event.h) of Duet's own devices, for the boot hart alone, and the board's interrupt
 * controller (board/plic.h), for each hart.
 */
#ifndef DUET_VMM_IRQ_H
#define DUET_VMM_IRQ_H

#include <pthread.h>
#include <stdbool.h>

enum irq_source { IRQ_EVENTS, IRQ_PLIC };

struct irq {
    int vcpu_fd;
    pthread_mutex_t lock; /* guards what follows; taken last, under any other lock */
    unsigned levels;      /* a bit a source, 1 << IRQ_...: those that are high */
    bool raised;          /* the level that KVM has */
};

/* The external interrupt of the vCPU that has this file descriptor; its level is low. */
void irq_init(struct irq *irq, int vcpu_fd);

/* Sets the level of one source, whether the vCPU runs or not. Each change of the interrupt's level
 * costs an ioctl, anything else none. From any thread. */
void irq_set(struct irq *irq, enum irq_source source, bool level);

/* The same, but always by an ioctl: KVM forgets the level of a hart that is stopped and started
 * again (HSM). */
void irq_set_again(struct irq *irq, enum irq_source source, bool level);

#endif
