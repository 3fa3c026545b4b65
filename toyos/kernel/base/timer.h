/* Time: the time CSR counts timebase_hz a second. */
#ifndef TOYOS_TIMER_H
#define TOYOS_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define TIMER_NEVER UINT64_MAX

void timer_init(uint64_t timebase_hz, bool is_sstc);
uint64_t timer_now(void); /* in units of the time CSR, as are all times here */
uint64_t timer_from_ms(uint64_t ms);
uint64_t timer_to_ns(uint64_t duration);
uint64_t timer_deadline(uint64_t ns); /* that much from now; TIMER_NEVER if it is far off */
uint64_t timer_uptime_ns(void);

/* Interrupt this hart at `when`, and not before; until then no interrupt is pending. */
void timer_arm(uint64_t when);

/* Interrupt this hart at `when` at the latest. */
void timer_arm_by(uint64_t when);

#endif
