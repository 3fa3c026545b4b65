/* A counter that one thread adds to, while others may read it. */
#ifndef DUET_VMM_COUNTER_H
#define DUET_VMM_COUNTER_H

#include <stdint.h>

/* A store that others see whole. Not __atomic_store_n: gcc 12 makes that an AMO on RISC-V. */
static inline void
counter_set(uint64_t *counter, uint64_t value)
{
    *(volatile uint64_t *)counter = value;
}

/* Plain loads and stores: an atomic addition would be dearer, and has nothing to guard against. */
static inline void
counter_add(uint64_t *counter, uint64_t more)
{
    counter_set(counter, *counter + more);
}

static inline uint64_t
counter_read(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif
