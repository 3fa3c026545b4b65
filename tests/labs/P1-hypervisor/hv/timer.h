/* The guest's timer (SBI 2.0 §6), by the host's. */
#ifndef HV_TIMER_H
#define HV_TIMER_H

#include <stdint.h>

/* The guest's timer interrupt is to be pending when the counter `time` reaches `when`, and not
 * before; UINT64_MAX: never. */
void timer_set(uint64_t when);

/* The host's timer interrupt: the time has come. */
void timer_interrupt(void);

#endif
