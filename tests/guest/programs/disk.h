/* A driver for the guests that test disks. */
#ifndef DUET_TESTS_DISK_H
#define DUET_TESTS_DISK_H

#include "abi/disk.h"
#include "common/ring.h"
#include "guest.h"

struct disk {
    unsigned number;
    struct ring_end requests, completions;
};

struct disk_memory {
    struct duet_queue queue;
    uint64_t slots[DUET_DISK_QUEUE_MAX *
                   (sizeof(struct duet_disk_request) + sizeof(struct duet_disk_completion)) / 8];
};

static inline struct duet_ret
disk_start(struct disk *disk, unsigned number, struct disk_memory *memory, uint32_t size)
{
    struct duet_disk_request *requests = (struct duet_disk_request *)memory->slots;

    memory->queue.requests.tail = memory->queue.requests.wake = 0;
    memory->queue.completions.tail = memory->queue.completions.wake = 0;
    disk->number = number;
    ring_end_init(&disk->requests, &memory->queue.requests, requests, size, sizeof(*requests));
    ring_end_init(&disk->completions, &memory->queue.completions, requests + size, size,
                  sizeof(struct duet_disk_completion));
    return duet_disk_start(
        number, size, &memory->queue,
        DUET_QUEUE_BYTES(size, struct duet_disk_request, struct duet_disk_completion));
}

static inline void
disk_put(struct disk *disk, uint64_t tag, uint16_t op, uint64_t offset, const void *buffer,
         uint32_t len)
{
    const struct duet_disk_request request = {
        .tag = tag, .op = op, .offset = offset, .buffer = (uint64_t)buffer, .len = len};

    ring_put(&disk->requests, &request);
}

static inline void
disk_publish(struct disk *disk)
{
    if (ring_publish(&disk->requests))
        *(volatile uint32_t *)(uint64_t)DUET_DOORBELL(disk->number) = 0;
}

/* Waits until `count` completions are there, in wfi. No handler runs: interrupts stay off in
 * sstatus. */
static inline void
disk_wait(struct disk *disk, uint32_t count)
{
    csr_write(sie, 1UL << IRQ_S_EXT);
    while (ring_sleep(&disk->completions, count)) {
        CHECK(duet_event_select(DUET_EVENT_DISK(disk->number)).error == 0);
        if (ring_count(&disk->completions) < count)
            __asm__ volatile("wfi");
    }
}

static inline struct duet_disk_completion
disk_take(struct disk *disk)
{
    struct duet_disk_completion completion;

    disk_wait(disk, 1);
    CHECK(ring_count(&disk->completions) <= disk->completions.size);
    ring_take(&disk->completions, &completion);
    return completion;
}

/* One request, to its end: its status. */
static inline uint32_t
disk_do(struct disk *disk, uint16_t op, uint64_t offset, const void *buffer, uint32_t len)
{
    static uint64_t tag;
    struct duet_disk_completion completion;

    disk_put(disk, ++tag, op, offset, buffer, len);
    disk_publish(disk);
    completion = disk_take(disk);
    CHECK(completion.tag == tag && completion.zero == 0);
    return completion.status;
}

#endif
