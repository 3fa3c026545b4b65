/* One direction of a queue in shared memory. Freestanding. */
#include "common/ring.h"

#include <stdatomic.h>

void
ring_end_init(struct ring_end *end, struct duet_ring *ring, void *slots, uint32_t size,
              uint32_t entry_bytes)
{
    *end = (struct ring_end){
        .ring = ring, .slots = slots, .size = size, .words = entry_bytes / sizeof(uint64_t)};
}

/* The slot of entry number end->index. */
static volatile uint64_t *
slot(const struct ring_end *end)
{
    return end->slots + (uint64_t)(end->index & (end->size - 1)) * end->words;
}

void
ring_put(struct ring_end *end, const void *entry)
{
    volatile uint64_t *to = slot(end);
    const uint64_t *from = entry;

    for (uint32_t i = 0; i < end->words; i++)
        to[i] = from[i];
    end->index++;
}

bool
ring_publish(struct ring_end *end)
{
    uint32_t before = end->published, wake;

    atomic_store_explicit(&end->ring->tail, end->index, memory_order_release);
    end->published = end->index;
    atomic_thread_fence(memory_order_seq_cst);
    wake = atomic_load_explicit(&end->ring->wake, memory_order_relaxed);
    return wake - before < end->index - before; /* it is one of the entries just published */
}

bool
ring_is_beyond_wake(const struct ring_end *end)
{
    uint32_t wake = atomic_load_explicit(&end->ring->wake, memory_order_relaxed);

    return (int32_t)(end->published - wake) > 0;
}

uint32_t
ring_count(const struct ring_end *end)
{
    return atomic_load_explicit(&end->ring->tail, memory_order_acquire) - end->index;
}

void
ring_take(struct ring_end *end, void *entry)
{
    const volatile uint64_t *from = slot(end);
    uint64_t *to = entry;

    for (uint32_t i = 0; i < end->words; i++)
        to[i] = from[i];
    end->index++;
}

bool
ring_sleep(struct ring_end *end, uint32_t count)
{
    atomic_store_explicit(&end->ring->wake, end->index + count - 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    return ring_count(end) < count;
}

void
ring_stay_awake(struct ring_end *end)
{
    atomic_store_explicit(&end->ring->wake, end->index + 0x7fffffff, memory_order_relaxed);
}
