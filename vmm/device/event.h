/*
 * Events: what the devices report to the guest. An event is a level: it is pending as long as its
 * cause lasts. The boot hart's external interrupt is raised as long as an event is pending that the
 * guest has selected (hypercall event_select).
 */
#ifndef DUET_VMM_EVENT_H
#define DUET_VMM_EVENT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct irq;

struct events {
    struct irq *irq;      /* the boot hart's; set before any thread uses the rest */
    pthread_mutex_t lock; /* guards what follows; taken last, under any other lock */
    uint64_t pending;     /* DUET_EVENT_* */
    uint64_t enabled;     /* DUET_EVENT_*: those that the guest has selected */
};

/* None is pending, and none is selected. `irq` is the interrupt that they raise (guest/irq.h). */
void events_init(struct events *events, struct irq *irq);

/* Sets the level of an event: pending or not. From any thread. */
void event_set(struct events *events, uint64_t event, bool level);

/* Selects the events that raise the interrupt: those in `enabled`, and no others. Returns the
 * events that are pending, selected or not. From any thread. */
uint64_t events_select(struct events *events, uint64_t enabled);

/* Whether the event is pending. From any thread. */
bool event_is_pending(struct events *events, uint64_t event);

/* Makes an event pending if the guest has selected it and it is not pending already. Returns
 * whether it did. From any thread. */
bool event_offer(struct events *events, uint64_t event);

#endif
