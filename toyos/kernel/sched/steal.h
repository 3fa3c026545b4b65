/* Steal time: what a hart was ready to run and did not, since the hypervisor ran others (SBI 2.0
 * §16). */
#ifndef TOYOS_STEAL_H
#define TOYOS_STEAL_H

#include <stdint.h>

/* Each hart, as it starts: has it accounted from now on. */
void steal_init(void);

/* Nanoseconds, of all harts together; 0 where nobody accounts. */
uint64_t steal_ns(void);

#endif
