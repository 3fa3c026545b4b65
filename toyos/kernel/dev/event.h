/*
 * Events: what happened that the platform tells by the boot hart's external interrupt. Each is a
 * level (abi/README.md): it comes again until its cause is gone or it is disabled.
 */
#ifndef TOYOS_EVENT_H
#define TOYOS_EVENT_H

#include <stdint.h>

/* From any hart: of these (DUET_EVENT_*) there is to be an interrupt, or none. Where the platform
 * has no events, nothing happens. */
void event_enable(uint64_t events);
void event_disable(uint64_t events);

/* The external interrupt. */
void event_interrupt(void);

#endif
