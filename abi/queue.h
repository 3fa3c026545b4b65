/*
 * A queue: memory of the guest's through which requests go to the VMM and completions come back,
 * with no exit a request. It is one piece, aligned to DUET_QUEUE_ALIGN:
 *
 *     struct duet_queue, then `size` requests, then `size` completions
 *
 * `size` is a power of two. The guest zeroes the struct before it starts the device; if a queue
 * runs in that memory it stops that one first. The guest puts requests and takes completions;
 * common/ring.h says how each ring is used.
 *
 * The guest has at most `size` requests that were put and whose completions it has not taken. So
 * neither ring can overflow, and neither side has to know how far the other has read.
 *
 * After requests were put: a 4-byte store of any value to the device's doorbell (abi/memory.h), if
 * ring_publish says that the VMM wants it. Completions come as an event, pending as long as the
 * completions' tail is beyond their `wake`.
 */
#ifndef DUET_ABI_QUEUE_H
#define DUET_ABI_QUEUE_H

#define DUET_QUEUE_ALIGN 64

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "abi/layout.h"

/* One direction. Numbers of entries are counted from 0 and go on modulo 2^32; entry n is in slot
 * n % size. The two words have different writers, and a cache line each. */
struct duet_ring {
    _Alignas(DUET_QUEUE_ALIGN) _Atomic uint32_t tail; /* the producer's: how many it has put */
    _Alignas(DUET_QUEUE_ALIGN) _Atomic uint32_t wake; /* the consumer's: it asks to be woken when
                                                         this entry is put */
};
#define DUET_LAYOUT_RING(STRUCT, FIELD)                                                            \
    STRUCT(duet_ring, 128)                                                                         \
    FIELD(duet_ring, tail, 0, 4)                                                                   \
    FIELD(duet_ring, wake, 64, 4)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_RING)

struct duet_queue {
    struct duet_ring requests;
    struct duet_ring completions;
};
#define DUET_LAYOUT_QUEUE(STRUCT, FIELD)                                                           \
    STRUCT(duet_queue, 256)                                                                        \
    FIELD(duet_queue, requests, 0, 128)                                                            \
    FIELD(duet_queue, completions, 128, 128)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_QUEUE)

/* Bytes of a whole queue. */
#define DUET_QUEUE_BYTES(size, request, completion)                                                \
    (sizeof(struct duet_queue) + (uint64_t)(size) * (sizeof(request) + sizeof(completion)))

#endif
#endif
