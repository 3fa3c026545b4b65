/*
 * One direction of a queue (abi/queue.h): one producer and one consumer, who share nothing but the
 * memory. Each has a struct ring_end of its own that the other cannot reach. What it reads from the
 * shared memory is only what the other side claims. Calls on one ring_end must not overlap.
 *
 * The producer                            the consumer
 *     ring_put ...                            ring_count, ring_take ...
 *     if (ring_publish(end))                  if (ring_sleep(end, 1))
 *         wake the consumer                       sleep until woken
 *
 * Order (RVWMO, C11). Entries are written before `tail` is stored (release), and read after it was
 * loaded (acquire). To put and to sleep is Dekker's pattern: the producer stores tail, then loads
 * wake; the consumer stores wake, then loads tail. Between store and load each has a full fence
 * (fence rw, rw), so that one of the two sees the other's store: no entry is left behind by a
 * consumer that sleeps. Release and acquire do not order a store with a later load.
 */
#ifndef DUET_COMMON_RING_H
#define DUET_COMMON_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/queue.h"

struct ring_end {
    struct duet_ring *ring;
    uint64_t *slots;
    uint32_t size;      /* slots, a power of two */
    uint32_t words;     /* of 8 bytes, an entry */
    uint32_t index;     /* how many entries were put, or taken */
    uint32_t published; /* the producer's: as of the last ring_publish */
};

/* An end of a ring that starts empty. `slots` has room for `size` entries of `entry_bytes`, a
 * multiple of 8. */
void ring_end_init(struct ring_end *end, struct duet_ring *ring, void *slots, uint32_t size,
                   uint32_t entry_bytes);

/* The producer: writes an entry. There has to be room, which the queue's protocol sees to. */
void ring_put(struct ring_end *end, const void *entry);

/* The producer: hands over what was put. Whether the consumer is to be woken. */
bool ring_publish(struct ring_end *end);

/* The producer: whether what it has published is beyond the consumer's `wake`. Unlike
 * ring_publish's answer, which is true once, this stays so until the consumer moves it. */
bool ring_is_beyond_wake(const struct ring_end *end);

/* The consumer: how many entries can be taken. More than `size` says that the producer's tail is
 * wrong: take none. */
uint32_t ring_count(const struct ring_end *end);

/* The consumer: copies the oldest entry out. Each word is read once. */
void ring_take(struct ring_end *end, void *entry);

/* The consumer: asks to be woken when `count` entries, 1 or more, can be taken. False if they can
 * be already: go on taking. */
bool ring_sleep(struct ring_end *end, uint32_t count);

/* The consumer: asks not to be woken until its next ring_sleep, for at most 2^31 entries. */
void ring_stay_awake(struct ring_end *end);

#endif
