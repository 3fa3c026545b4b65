/* Steal time: how long harts were ready to run and did not, because the hypervisor ran something
 * else (SBI 2.0 §16). */
#ifndef TOYOS_STEAL_H
#define TOYOS_STEAL_H

#include <stdint.h>

/* Each hart calls it as it starts: its steal time is accounted from now on. */
void steal_init(void);

/* Nanoseconds, of all harts together; 0 if the hypervisor does not account them. */
uint64_t steal_ns(void);

#endif
