/* Small queues of a virtio device, one chain at a time, for guests that test one. */
#ifndef DUET_TESTS_VIRTIO_RING_H
#define DUET_TESTS_VIRTIO_RING_H

#include "virtio.h"

#define RING_SIZE   8           /* of each queue */
#define USED_WITHIN 600000000UL /* ticks: a guard against hanging */

struct ring {
    unsigned number; /* of the queue */
    bool events;
    uint16_t seen; /* used entries that were taken */
    QUEUE_PARTS(RING_SIZE)
};

static struct descriptor table[4] __attribute__((aligned(16)));

/* Begins queue `number` of the device in `slot`. */
static inline void
ring_begin(struct ring *r, unsigned number, uint64_t features)
{
    for (uint64_t at = 0; at < sizeof(*r); at++)
        ((volatile uint8_t *)r)[at] = 0;
    r->number = number;
    r->events = features & F_EVENT_IDX;
    queue_place(number, RING_SIZE, (uint64_t)r->descriptor, (uint64_t)&r->available,
                (uint64_t)&r->used);
    store32(SLOT(0x44), 1);
    CHECK(load32(SLOT(0x44)) == 1);
}

/* Begins the device in `slot` with queues 0, 1, ..., which are in `ring`. */
static inline void
rings_begin(struct ring *ring, unsigned queues, uint64_t features)
{
    device_begin(F_VERSION_1 | features);
    for (unsigned i = 0; i < queues; i++)
        ring_begin(&ring[i], i, features);
    store32(SLOT(0x70), 15);
}

/* Puts descriptor `head`, as it is, and notifies. */
static inline void
put_chain(struct ring *r, uint16_t head)
{
    r->available.ring[r->available.index % RING_SIZE] = head;
    __asm__ volatile("fence" ::: "memory");
    *(volatile uint16_t *)&r->available.index = (uint16_t)(r->available.index + 1);
    __asm__ volatile("fence" ::: "memory");
    store32(SLOT(0x50), r->number);
}

static inline bool
is_used(struct ring *r)
{
    __asm__ volatile("fence" ::: "memory");
    return *(volatile uint16_t *)&r->used.index != r->seen;
}

/* Waits for a chain to be used: its length. */
static inline uint32_t
used_take(struct ring *r)
{
    const uint64_t begin = csr_read(time);

    while (!is_used(r))
        CHECK(csr_read(time) - begin < USED_WITHIN);
    __asm__ volatile("fence" ::: "memory");
    return r->used.ring[r->seen++ % RING_SIZE].len;
}

/* One buffer there and back; with `indirect` by a table. */
static inline uint32_t
transfer(struct ring *r, void *bytes, uint32_t len, uint16_t flags, bool indirect)
{
    struct descriptor buffer = {(uint64_t)bytes, len, flags, 0};

    table[0] = buffer;
    r->descriptor[0] =
        indirect ? (struct descriptor){(uint64_t)table, sizeof(table[0]), INDIRECT, 0} : buffer;
    put_chain(r, 0);
    return used_take(r);
}

#endif
