/* A counter that one thread adds to, while others may read it. */
#ifndef DUET_VMM_COUNTER_H
#define DUET_VMM_COUNTER_H

#include <stdint.h>

/* Plain loads and stores: an atomic addition would be dearer, and has nothing to guard against. */
static inline void
counter_add(uint64_t *counter, uint64_t more)
{
    __atomic_store_n(counter, *counter + more, __ATOMIC_RELAXED);
}

static inline uint64_t
counter_read(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif
