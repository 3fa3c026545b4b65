/*
 * The driver's side of a queue of duet's (abi/queue.h), for a device of any kind.
 *
 *     queue_duet_put ..., queue_duet_publish               requests
 *     do                                                   completions, in the interrupt or polling
 *         while (queue_duet_take) ...
 *     while (!queue_duet_sleep)
 *
 * Calls on one queue are made under the driver's lock. The driver counts its requests: at most
 * `size` may be put and not completed. A driver calls queue_duet_take in a looker (event.h),
 * because taking the completions ends the event.
 */
#ifndef TOYOS_QUEUE_DUET_H
#define TOYOS_QUEUE_DUET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ring.h"

struct queue_duet {
    unsigned doorbell; /* number, abi/memory.h */
    struct ring_end requests, completions;
};

/* Makes a queue of `size` requests, a power of two, in a page of its own. The entries' sizes are in
 * bytes, multiples of 8, and DUET_QUEUE_BYTES at most PAGE_SIZE. Returns its memory, for the call
 * that starts the device; NULL: there is no memory. */
void *queue_duet_create(struct queue_duet *queue, unsigned doorbell, uint32_t size,
                        uint32_t request_bytes, uint32_t completion_bytes);

/* Hands over what was put, and rings the doorbell if duet sleeps. */
void queue_duet_publish(struct queue_duet *queue);

/* Writes a request. duet has it after queue_duet_publish. */
static inline void
queue_duet_put(struct queue_duet *queue, const void *request)
{
    ring_put(&queue->requests, request);
}

/* Copies the oldest completion out. False: there is none. */
static inline bool
queue_duet_take(struct queue_duet *queue, void *completion)
{
    if (!ring_count(&queue->completions))
        return false;
    ring_take(&queue->completions, completion);
    return true;
}

/* Asks duet for its event at the next completion. False if there is one already: go on taking. */
static inline bool
queue_duet_sleep(struct queue_duet *queue)
{
    return ring_sleep(&queue->completions, 1);
}

#endif
