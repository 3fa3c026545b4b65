/* Time. All times are counts of the time CSR (Unprivileged, chapter 10), but for those that are
 * named _ms or _ns. */
#ifndef TOYOS_TIMER_H
#define TOYOS_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define TIMER_NEVER UINT64_MAX /* as a deadline: none */

/* At boot: the time CSR counts `timebase_hz` a second; `is_sstc`: every hart has the extension
 * Sstc. */
void timer_init(uint64_t timebase_hz, bool is_sstc);

/* The time CSR. */
uint64_t timer_now(void);

/* A duration in milliseconds, up to 2^64 / timebase_hz, as a count; any count in nanoseconds. */
uint64_t timer_from_ms(uint64_t ms);
uint64_t timer_to_ns(uint64_t duration);

/* The time that is `ns` from now, rounded up; TIMER_NEVER if that is a hundred years away. */
uint64_t timer_deadline(uint64_t ns);

/* Nanoseconds since timer_init. */
uint64_t timer_uptime_ns(void);

/* Has the timer interrupt this hart at `when` and not before; a timer interrupt that is pending is
 * taken back. */
void timer_arm(uint64_t when);

/* Has the timer interrupt this hart at `when` at the latest. */
void timer_arm_by(uint64_t when);

#endif
