/*
 * Puts a chain into the receive queue of a virtio console as soon as one was served, so that there
 * is always one more, after it has sent a byte, before which it gets no input. No chain takes a
 * byte, so that the input that came is never used up, and each is long, so that to refill takes
 * less time than to serve.
 */
#include "virtio.h"

#define SLOT_CONSOLE 5

#define MARK    UINT32_MAX
#define ENTRIES 4096

extern char _start[];

static struct queue queue, transmit;
static struct descriptor empty[ENTRIES] __attribute__((aligned(16)));
static volatile uint32_t size;

/* An entry of the used ring is written before the chains are handed over: what was served is seen
 * at once. */
static void
refill(void)
{
    volatile uint16_t *index = &queue.available.index;
    bool is_said = false;

    for (uint32_t at = 0;; at = (at + 1) % size) {
        volatile uint32_t *id = &queue.used.ring[at].id;

        while (*id == MARK)
            ;
        if (!is_said)
            put("served\n");
        is_said = true;
        *id = MARK;
        __asm__ volatile("fence" ::: "memory");
        *index = (uint16_t)(*index + 1);
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)fdt;
    if (hart)
        refill();
    slot = SLOT_CONSOLE;
    device_begin(F_VERSION_1 | F_INDIRECT);
    store32(SLOT(0x30), 0);
    size = load32(SLOT(0x34));
    CHECK(size && size <= QUEUE_ENTRIES);
    for (uint32_t i = 0; i < ENTRIES; i++)
        empty[i] =
            (struct descriptor){DUET_RAM_BASE, 0, i + 1 < ENTRIES ? NEXT : 0, (uint16_t)(i + 1)};
    queue.descriptor[0] = (struct descriptor){(uint64_t)empty, sizeof(empty), INDIRECT, 0};
    for (uint32_t i = 0; i < size; i++) {
        queue.available.ring[i] = 0;
        queue.used.ring[i].id = MARK;
    }
    queue.available.index = (uint16_t)size;
    queue_place(0, size, (uint64_t)queue.descriptor, (uint64_t)&queue.available,
                (uint64_t)&queue.used);
    store32(SLOT(0x44), 1);
    transmit.descriptor[0] = (struct descriptor){(uint64_t)"\n", 1, 0, 0};
    transmit.available.index = 1;
    queue_place(1, size, (uint64_t)transmit.descriptor, (uint64_t)&transmit.available,
                (uint64_t)&transmit.used);
    store32(SLOT(0x44), 1);
    store32(SLOT(0x70), 15);
    store32(SLOT(0x50), 1);
    sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0);
    put("refills\n");
    for (;;) /* this hart's thread may have to serve the queue from now on */
        ;
}
