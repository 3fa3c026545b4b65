/*
 * Hart 0 makes disk requests of random content at random tails, and starts the queue anew now and
 * then; hart 1 writes over all of the queue all the while, as duet reads it. What counts is that
 * duet lives, and that the disk's last quarter, of which no request has the range, stays as it was.
 */
#include "disk.h"

#define ROUNDS 3000

extern char _start[];
static struct disk_memory memory;
static _Alignas(4096) char buffer[64 << 10];
static volatile int over;
static uint64_t disk_bytes;

static uint64_t
random_next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* A request that is often good, and else wraps, straddles the end of RAM or of the disk, or is
 * random. Of a good one the range ends before the last quarter, and its data go to the buffer. */
static struct duet_disk_request
request_make(uint64_t *state)
{
    const uint64_t edge[] = {0,         512,      DUET_RAM_BASE, DUET_RAM_BASE + (64 << 20) - 512,
                             1UL << 63, -512UL,   disk_bytes,    disk_bytes - 512,
                             -1UL,      1UL << 32};
    const unsigned edges = sizeof(edge) / sizeof(edge[0]);
    struct duet_disk_request request = {
        .tag = random_next(state),
        .op = (uint16_t)(random_next(state) % 4),
        .offset = random_next(state) % (disk_bytes / 2 / 512) * 512,
        .buffer = (uint64_t)buffer + random_next(state) % 4 * 512,
        .len = (uint32_t)(random_next(state) % 120 * 512),
    };

    if (request.op >= DUET_DISK_FLUSH)
        request.buffer = 0;
    if (request.op == DUET_DISK_FLUSH)
        request.offset = request.len = 0;
    switch (random_next(state) % 8) {
    case 0:
        request.buffer = edge[random_next(state) % edges];
        request.op = DUET_DISK_WRITE; /* a read could write over this program */
        break;
    case 1:
        request.offset = edge[random_next(state) % (edges - 3)] & ~(disk_bytes - 1);
        break;
    case 2:
        request.len = (uint32_t)random_next(state) | 1 << 31;
        break;
    case 3:
        request.op = (uint16_t)random_next(state) | 4;
        break;
    case 4:
        request.zero = 1;
        break;
    }
    return request;
}

static void
scribble(void)
{
    uint64_t state = 362436069;

    while (!over) {
        struct duet_disk_request request = request_make(&state);
        uint64_t slot = random_next(&state) % (sizeof(memory.slots) / (sizeof(request)));

        ((struct duet_disk_request *)memory.slots)[slot] = request;
        if (random_next(&state) % 16 == 0)
            memory.queue.completions.wake = (uint32_t)random_next(&state);
        if (random_next(&state) % 16 == 0)
            memory.queue.requests.wake = (uint32_t)random_next(&state);
        if (random_next(&state) % 65536 == 0)
            memory.queue.requests.tail += (uint32_t)(random_next(&state) % 4);
        if (random_next(&state) % 65536 == 0)
            memory.queue.requests.tail = (uint32_t)random_next(&state);
        if (random_next(&state) % 64 == 0)
            memory.queue.completions.tail = (uint32_t)random_next(&state);
    }
    over = 2;
    for (;;)
        __asm__ volatile("wfi");
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t state = 88172645463325252;
    struct duet_disk_info info;
    struct disk disk;

    (void)fdt;
    if (hart == 1)
        scribble();
    CHECK(duet_disk_info(0, &info, sizeof(info)).error == 0);
    disk_bytes = info.bytes;
    CHECK(disk_start(&disk, 0, &memory, 64).error == 0);
    CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0).error == 0);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (uint64_t count = random_next(&state) % 32; count > 0; count--) {
            struct duet_disk_request request = request_make(&state);

            ring_put(&disk.requests, &request);
        }
        ring_publish(&disk.requests);
        *(volatile uint32_t *)(uint64_t)DUET_DOORBELL(0) = 0;
        duet_event_select(random_next(&state) & DUET_EVENTS);
        if (round % 8 == 0)
            CHECK(disk_start(&disk, 0, &memory, 1U << random_next(&state) % 8).error == 0);
    }
    over = 1;
    while (over != 2)
        __asm__ volatile("fence");
    /* In the end, a queue as it should be works. */
    csr_write(sie, 0);
    CHECK(disk_start(&disk, 0, &memory, 8).error == 0);
    CHECK(disk_do(&disk, DUET_DISK_READ, disk_bytes - 512, buffer, 512) == DUET_DISK_OK);
    for (unsigned i = 0; i < 512; i++)
        CHECK(buffer[i] == 'k');
    put("alive\n");
    duet_power_off(0);
}
