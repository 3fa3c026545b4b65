/* What a driver of a virtio device begins with (VIRTIO 1.2 §3.1.1, §4.2), for guests that test one.
 * `slot` says which it is. */
#ifndef DUET_TESTS_VIRTIO_H
#define DUET_TESTS_VIRTIO_H

#include "guest.h"

#include "../board/virt.h"

#define QUEUE_ENTRIES 128

#define F_INDIRECT  (1ULL << 28)
#define F_EVENT_IDX (1ULL << 29)
#define F_VERSION_1 (1ULL << 32)

#define NEXT     1
#define WRITE    2
#define INDIRECT 4

struct descriptor {
    uint64_t address;
    uint32_t len;
    uint16_t flags, next;
};

/* The parts of a queue with so many entries (VIRTIO 1.2 §2.7). The last is aligned as the first, so
 * that it can begin a page. */
#define QUEUE_PARTS(entries)                                                                       \
    struct descriptor descriptor[entries] __attribute__((aligned(16)));                            \
    struct {                                                                                       \
        uint16_t flags, index, ring[entries], used_event;                                          \
    } available;                                                                                   \
    struct {                                                                                       \
        uint16_t flags, index;                                                                     \
        struct {                                                                                   \
            uint32_t id, len;                                                                      \
        } ring[entries];                                                                           \
        uint16_t available_event;                                                                  \
    } used __attribute__((aligned(16)));

/* Of QUEUE_ENTRIES, for any size up to that if event indices are not used. */
struct queue {
    QUEUE_PARTS(QUEUE_ENTRIES)
};

static unsigned slot;

#define SLOT(offset) (VIRTIO + 0x1000 * (uint64_t)slot + (offset))

static inline uint64_t
features_offered(void)
{
    uint64_t low;

    store32(SLOT(0x14), 0);
    low = load32(SLOT(0x10));
    store32(SLOT(0x14), 1);
    return low | (uint64_t)load32(SLOT(0x10)) << 32;
}

static inline void
place_set(unsigned offset, uint64_t address)
{
    store32(SLOT(offset), (uint32_t)address);
    store32(SLOT(offset + 4), (uint32_t)(address >> 32));
}

/* Resets the device and agrees on features. Its queues and DRIVER_OK (15 to 0x70) come next. */
static inline void
device_begin(uint64_t features)
{
    store32(SLOT(0x70), 0);
    CHECK(load32(SLOT(0x70)) == 0 && load32(SLOT(0x44)) == 0);
    store32(SLOT(0x70), 3);
    for (unsigned half = 0; half < 2; half++) {
        store32(SLOT(0x24), half);
        store32(SLOT(0x20), (uint32_t)(features >> 32 * half));
    }
    store32(SLOT(0x70), 11);
    CHECK(load32(SLOT(0x70)) == 11);
}

/* Says where queue `number` is. 1 to 0x44 begins it. */
static inline void
queue_place(unsigned number, uint32_t size, uint64_t descriptors, uint64_t available, uint64_t used)
{
    store32(SLOT(0x30), number);
    store32(SLOT(0x38), size);
    place_set(0x80, descriptors);
    place_set(0x90, available);
    place_set(0xa0, used);
}

#endif
