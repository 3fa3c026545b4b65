/*
 * Events: what happened that the guest may want to know. Each is a level; while one is pending that
 * the guest has selected (hypercall event_select), the boot hart's external interrupt is raised.
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
    uint64_t enabled;
};

/* From here on these events own the interrupt. */
void events_init(struct events *events, struct irq *irq);

/* Sets or clears one event's level. From any thread. */
void event_set(struct events *events, uint64_t event, bool level);

/* Has the events in `enabled` raise the interrupt, and no others. The set that is pending. From any
 * thread. */
uint64_t events_select(struct events *events, uint64_t enabled);

/* Sets it if the guest has selected it, and it was not set already; whether it did. From any
 * thread. */
bool event_offer(struct events *events, uint64_t event);

#endif
