/* Hart 0 makes disk requests of random content at random tails, and sometimes starts the queue
 * anew. The other harts overwrite the whole queue all the time, while duet reads it. duet must
 * survive, and the last quarter of the disk, which no request addresses, must stay as it was. */
#include "disk.h"
#include "hostile.h"

static struct disk_memory memory;
static _Alignas(4096) char buffer[64 << 10];
static volatile uint64_t seed;
static volatile int over;
static uint64_t disk_bytes;

/* A request that is often valid, and otherwise wraps, straddles the end of RAM or of the disk, or
 * is random. A valid one ends before the last quarter, and its data is in the buffer. */
static struct duet_disk_request
request_make(struct random *random)
{
    const uint64_t edge[] = {
        0,         512,    DUET_RAM_BASE, RAM_END - 512,    RAM_END + 8192, DUET_RAM_BASE - 8192,
        1UL << 63, -512UL, disk_bytes,    disk_bytes - 512, -1UL,           1UL << 32};
    const unsigned edges = sizeof(edge) / sizeof(edge[0]);
    struct duet_disk_request request = {
        .tag = random_next(random),
        .op = (uint16_t)(random_next(random) % 4),
        .offset = random_next(random) % (disk_bytes / 2 / 512) * 512,
        .buffer = (uint64_t)buffer + random_next(random) % 4 * 512,
        .len = (uint32_t)(random_next(random) % 120 * 512),
    };

    if (request.op >= DUET_DISK_FLUSH)
        request.buffer = 0;
    if (request.op == DUET_DISK_FLUSH)
        request.offset = request.len = 0;
    switch (random_next(random) % 8) {
    case 0:
        request.buffer = edge[random_next(random) % edges];
        request.op = (uint16_t)(random_next(random) % 2); /* of these none is this program's */
        break;
    case 1:
        request.offset = edge[random_next(random) % (edges - 3)] & ~(disk_bytes - 1);
        break;
    case 2:
        request.len = (uint32_t)random_next(random) | 1 << 31;
        break;
    case 3:
        request.op = (uint16_t)random_next(random) | 4;
        break;
    case 4:
        request.zero = 1;
        break;
    }
    return request;
}

static void
scribble(uint64_t hart)
{
    struct random random = random_begin(seed, hart);

    while (!over) {
        struct duet_disk_request request = request_make(&random);
        uint64_t slot = random_next(&random) % (sizeof(memory.slots) / (sizeof(request)));

        ((struct duet_disk_request *)memory.slots)[slot] = request;
        if (random_next(&random) % 16 == 0)
            memory.queue.completions.wake = (uint32_t)random_next(&random);
        if (random_next(&random) % 16 == 0)
            memory.queue.requests.wake = (uint32_t)random_next(&random);
        if (random_next(&random) % 65536 == 0)
            memory.queue.requests.tail += (uint32_t)(random_next(&random) % 4);
        if (random_next(&random) % 65536 == 0)
            memory.queue.requests.tail = (uint32_t)random_next(&random);
        if (random_next(&random) % 64 == 0)
            memory.queue.completions.tail = (uint32_t)random_next(&random);
    }
    hart_rest(hart);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t rounds, harts, requests = 0;
    struct duet_disk_info info;
    struct random random;
    struct disk disk;

    if (hart)
        scribble(hart);
    seed = boot_number(fdt, "seed=");
    rounds = boot_number(fdt, "rounds=");
    random = random_begin(seed, hart);
    CHECK(duet_disk_info(0, &info, sizeof(info)).error == 0);
    disk_bytes = info.bytes;
    CHECK(disk_start(&disk, 0, &memory, 64).error == 0);
    harts = harts_start(0);
    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t count = random_next(&random) % 32; count > 0; count--) {
            struct duet_disk_request request = request_make(&random);

            ring_put(&disk.requests, &request);
            requests++;
        }
        ring_publish(&disk.requests);
        *(volatile uint32_t *)(uint64_t)DUET_DOORBELL(0) = 0;
        duet_event_select(random_next(&random) & DUET_EVENTS);
        if (round % 8 == 0)
            CHECK(disk_start(&disk, 0, &memory, 1U << random_next(&random) % 8).error == 0);
    }
    over = 1;
    harts_wait(harts);
    /* At the end, a well-formed queue works as it should. */
    csr_write(sie, 0);
    CHECK(duet_disk_start(0, 0, NULL, 0).error ==
          0); /* the old queue writes to this memory no more */
    CHECK(disk_start(&disk, 0, &memory, 8).error == 0);
    CHECK(disk_do(&disk, DUET_DISK_READ, disk_bytes - 512, buffer, 512) == DUET_DISK_OK);
    for (unsigned i = 0; i < 512; i++)
        CHECK(buffer[i] == 'k');
    put_count(requests, " requests\n");
    duet_power_off(0);
}
