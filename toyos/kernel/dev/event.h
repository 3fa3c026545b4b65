/*
 * Events: what the platform reports by the boot hart's external interrupt. Each is a level
 * (abi/README.md): the interrupt comes again until the event's cause is gone or the event is
 * disabled. Where the platform has no events, no handler is called.
 */
#ifndef TOYOS_EVENT_H
#define TOYOS_EVENT_H

#include <stdint.h>

/* At boot: `handler` is called, in the interrupt, when one of `events` (DUET_EVENT_*) is pending.
 * It removes the cause or disables the event. Does not enable them. */
void event_register(uint64_t events, void (*handler)(void));

/* At boot: `looker` is called at each interrupt, before the platform is asked what is pending. It
 * is for a device that shows in memory what it has done: an event whose cause is gone by then takes
 * no further interrupt. */
void event_register_looker(void (*looker)(void));

/* From any hart: these events are to raise the interrupt from now on, or not to. */
void event_enable(uint64_t events);
void event_disable(uint64_t events);

/* The external interrupt, on the boot hart. */
void event_interrupt(void);

#endif
