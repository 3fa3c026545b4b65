/*
 * A virtio disk with all that a driver can ask for: VERSION_1, event indices, indirect descriptors,
 * requests of several buffers in flight at once, each type of request, and what is refused. Then
 * queues and descriptors that make no sense: each breaks the queue until the device is reset, and
 * no more. The boot argument says what is attached: `disk` (1 MiB) or `readonly`.
 */
#include "guest.h"

#include "virtio.h"

#define QUEUE_MAX   QUEUE_ENTRIES
#define SECTOR      512
#define DISK_SECTOR 2048 /* 1 MiB */

#define F_FLUSH   (1ULL << 9)
#define F_RO      (1ULL << 5)
#define F_DISCARD (1ULL << 13)

static struct queue queue;

static uint16_t used_index;
static uint32_t queue_size;

static struct request {
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    uint8_t status;
    struct descriptor table[130] __attribute__((aligned(16)));
} request[QUEUE_MAX];

static uint8_t data[2][64 * SECTOR] __attribute__((aligned(4096)));

/* Resets the device and sets it up anew. Whether the queue was taken. */
static bool
start(uint64_t features, uint32_t size, uint64_t descriptors, uint64_t available, uint64_t used)
{
    device_begin(features);
    queue_place(0, size, descriptors, available, used);
    for (uint64_t i = 0; i < sizeof(queue); i++)
        ((volatile uint8_t *)&queue)[i] = 0;
    used_index = 0;
    queue_size = size;
    store32(SLOT(0x44), 1);
    store32(SLOT(0x70), 15);
    return load32(SLOT(0x44));
}

static bool
start_good(uint64_t features)
{
    return start(features, QUEUE_MAX, (uint64_t)queue.descriptor, (uint64_t)&queue.available,
                 (uint64_t)&queue.used);
}

static void
chain_put(uint16_t head)
{
    queue.available.ring[queue.available.index % queue_size] = head;
    __asm__ volatile("fence" ::: "memory");
    *(volatile uint16_t *)&queue.available.index = (uint16_t)(queue.available.index + 1);
    __asm__ volatile("fence" ::: "memory");
}

static void
notify(void)
{
    store32(SLOT(0x50), 0);
}

/* Waits for the next that is used: its length; *head is which it was. */
static uint32_t
used_wait(uint32_t *head)
{
    while (*(volatile uint16_t *)&queue.used.index == used_index)
        __asm__ volatile("fence" ::: "memory");
    __asm__ volatile("fence" ::: "memory");
    *head = queue.used.ring[used_index % queue_size].id;
    return queue.used.ring[used_index++ % queue_size].len;
}

/* Describes request `number` in a table: the header, `parts` pieces of the data, the status. */
static void
table_fill(unsigned number, uint32_t type, uint64_t sector, uint8_t *bytes, uint32_t len,
           unsigned parts)
{
    struct request *to = &request[number];
    uint16_t write = type == 0 || type == 8 ? WRITE : 0;

    to->header.type = type;
    to->header.sector = sector;
    to->status = 0xff;
    to->table[0] = (struct descriptor){(uint64_t)&to->header, sizeof(to->header), NEXT, 1};
    for (unsigned i = 0; i < parts; i++)
        to->table[1 + i] = (struct descriptor){(uint64_t)bytes + len / parts * i, len / parts,
                                               NEXT | write, (uint16_t)(2 + i)};
    to->table[1 + parts] = (struct descriptor){(uint64_t)&to->status, 1, WRITE, 0};
}

/* By one indirect descriptor. */
static void
request_put(unsigned number, unsigned parts)
{
    queue.descriptor[number] =
        (struct descriptor){(uint64_t)request[number].table,
                            (uint32_t)((2 + parts) * sizeof(struct descriptor)), INDIRECT, 0};
    chain_put((uint16_t)number);
}

/* One request from beginning to end: its status. *len is what was written to its buffers. */
static uint8_t
request_do(uint32_t type, uint64_t sector, uint8_t *bytes, uint32_t bytes_len, unsigned parts,
           uint32_t *len)
{
    uint32_t head, used;

    table_fill(5, type, sector, bytes, bytes_len, parts);
    request_put(5, parts);
    notify();
    used = used_wait(&head);
    CHECK(head == 5);
    if (len)
        *len = used;
    return *(volatile uint8_t *)&request[5].status;
}

static void
types_check(void)
{
    struct {
        uint64_t sector;
        uint32_t sectors, flags;
    } discard = {8, 8, 0};
    uint32_t len;

    for (unsigned i = 0; i < sizeof(data[0]); i++)
        data[0][i] = (uint8_t)(i * 7 + i / 512);
    CHECK(request_do(1, 0, data[0], sizeof(data[0]), 1, &len) == 0 && len == 1);
    CHECK(request_do(0, 0, data[1], sizeof(data[1]), 64, &len) == 0 && len == sizeof(data[1]) + 1);
    for (unsigned i = 0; i < sizeof(data[0]); i++)
        CHECK(data[1][i] == data[0][i]);
    /* Buffers whose ends are not sectors'. */
    CHECK(request_do(1, 64, data[0] + 12, 4096, 128 / 2, NULL) == 0);
    CHECK(request_do(0, 64, data[1] + 3, 4096, 1, NULL) == 0);
    for (unsigned i = 0; i < 4096; i++)
        CHECK(data[1][3 + i] == data[0][12 + i]);
    CHECK(request_do(4, 0, NULL, 0, 0, NULL) == 0); /* flush */
    CHECK(request_do(8, 0, data[1], 20, 1, &len) == 0 && len == 21);
    CHECK(data[1][0] == 'd' && data[1][5] == '0' && data[1][6] == 0);
    CHECK(request_do(11, 0, (uint8_t *)&discard, sizeof(discard), 1, NULL) == 0);
    CHECK(request_do(0, 8, data[1], 8 * SECTOR, 1, NULL) == 0);
    for (unsigned i = 0; i < 8 * SECTOR; i++)
        CHECK(data[1][i] == 0);
    /* Beyond the end, in part and whole; no sectors; a type that there is not. */
    CHECK(request_do(0, DISK_SECTOR - 1, data[1], 1024, 1, NULL) == 1);
    CHECK(request_do(1, DISK_SECTOR, data[1], 512, 1, NULL) == 1);
    CHECK(request_do(0, ~0UL, data[1], 512, 1, NULL) == 1);
    CHECK(request_do(0, 1UL << 55, data[1], 512, 1, NULL) == 1);
    CHECK(request_do(0, 0, data[1], 100, 1, NULL) == 1);
    CHECK(request_do(0, 0, data[1], 0, 0, NULL) == 1);
    CHECK(request_do(77, 0, data[1], 512, 1, NULL) == 2);
    discard.flags = 1;
    CHECK(request_do(11, 0, (uint8_t *)&discard, sizeof(discard), 1, NULL) == 2);
    discard.flags = 0;
    discard.sectors = 0xffffffff;
    CHECK(request_do(11, 0, (uint8_t *)&discard, sizeof(discard), 1, NULL) == 1);
    CHECK(request_do(0, 0, data[1], 512, 1, NULL) == 0); /* it goes on */
}

/* As many as the queue has, at once; with event indices, so that most need no notification. */
static void
depth_check(void)
{
    static bool done[QUEUE_MAX];
    uint32_t head;

    for (unsigned number = 0; number < QUEUE_MAX; number++) {
        table_fill(number, 0, number, data[number % 2], SECTOR, 1);
        request_put(number, 1);
    }
    notify();
    for (unsigned number = 0; number < QUEUE_MAX; number++) {
        CHECK(used_wait(&head) == SECTOR + 1);
        CHECK(head < QUEUE_MAX && !done[head]);
        done[head] = true;
        CHECK(*(volatile uint8_t *)&request[head].status == 0);
    }
    /* It asks for the next one, and interrupts for none that was not asked for. */
    while (*(volatile uint16_t *)&queue.used.available_event != queue.available.index)
        __asm__ volatile("fence" ::: "memory");
}

static bool
interrupts(uint16_t used_event)
{
    queue.available.used_event = used_event;
    store32(SLOT(0x64), 3);
    CHECK(request_do(4, 0, NULL, 0, 0, NULL) == 0);
    CHECK(request_do(4, 0, NULL, 0, 0, NULL) == 0);
    return load32(SLOT(0x60)) & 1;
}

static void
read_only_check(void)
{
    struct {
        uint64_t sector;
        uint32_t sectors, flags;
    } discard = {0, 1, 0};

    CHECK(features_offered() & F_RO && !(features_offered() & F_DISCARD));
    CHECK(start_good(F_VERSION_1 | F_INDIRECT | F_RO | F_FLUSH));
    CHECK(request_do(0, 0, data[1], 512, 1, NULL) == 0);
    CHECK(request_do(1, 0, data[1], 512, 1, NULL) == 1);
    CHECK(request_do(11, 0, (uint8_t *)&discard, sizeof(discard), 1, NULL) == 1);
}

/* The queue is broken: the device says so. */
static void
broken(const char *what)
{
    notify();
    while (!(load32(SLOT(0x70)) & 0x40))
        ;
    if (*(volatile uint16_t *)&queue.used.index != used_index) {
        print(what);
        duet_power_off(97);
    }
}

static void
hostile_check(void)
{
    uint64_t descriptors = (uint64_t)queue.descriptor, available = (uint64_t)&queue.available,
             used = (uint64_t)&queue.used;
    struct descriptor *table = request[0].table;
    uint64_t features = F_VERSION_1 | F_INDIRECT;
    static const uint32_t sizes[] = {0, 3, 65535, 256, 0x80000000, 0xffffffff};

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        CHECK(!start(features, sizes[i], descriptors, available, used));
        CHECK(load32(SLOT(0x70)) & 0x40);
    }
    CHECK(!start(features, 8, descriptors + 8, available, used));
    CHECK(!start(features, 8, 0x1000, available, used));
    CHECK(!start(features, 8, descriptors, ~0UL - 1, used));
    CHECK(!start(features, 8, descriptors, available, 0x80000000 - 4));
    CHECK(!start(features, 8, descriptors, available, used + 2));
    /* A queue that is ready does not move. */
    CHECK(start_good(features));
    place_set(0x80, 0x1000);
    store32(SLOT(0x38), 1);
    CHECK(request_do(0, 0, data[1], 512, 1, NULL) == 0);
    /* The index runs ahead of what the queue holds. */
    CHECK(start_good(features));
    queue.available.index = QUEUE_MAX + 1;
    broken("index");
    /* A head, and a next, beyond the table. */
    CHECK(start_good(features));
    chain_put(QUEUE_MAX);
    broken("head");
    CHECK(start_good(features));
    queue.descriptor[0] = (struct descriptor){(uint64_t)data, 16, NEXT, 0x8000};
    chain_put(0);
    broken("next");
    /* A loop; one in an indirect table; a table in a table; a table with something behind it. */
    CHECK(start_good(features));
    queue.descriptor[0] = (struct descriptor){(uint64_t)data, 16, NEXT, 1};
    queue.descriptor[1] = (struct descriptor){(uint64_t)data, 16, NEXT, 0};
    chain_put(0);
    broken("loop");
    CHECK(start_good(features));
    table_fill(0, 0, 0, data[0], 512, 1);
    table[1].next = 1;
    request_put(0, 1);
    broken("loop in a table");
    CHECK(start_good(features));
    table_fill(0, 0, 0, data[0], 512, 1);
    table[1] = (struct descriptor){(uint64_t)table, 48, INDIRECT, 0};
    request_put(0, 1);
    broken("table in a table");
    CHECK(start_good(features));
    table_fill(0, 0, 0, data[0], 512, 1);
    queue.descriptor[0] = (struct descriptor){(uint64_t)table, 48, INDIRECT | NEXT, 1};
    chain_put(0);
    broken("table with a next");
    /* Tables that are not there, of no entries, of parts of them; and not agreed upon. */
    CHECK(start_good(features));
    queue.descriptor[0] = (struct descriptor){0x1000, 48, INDIRECT, 0};
    chain_put(0);
    broken("table nowhere");
    CHECK(start_good(features));
    queue.descriptor[0] = (struct descriptor){(uint64_t)table, 0, INDIRECT, 0};
    chain_put(0);
    broken("empty table");
    CHECK(start_good(features));
    queue.descriptor[0] = (struct descriptor){(uint64_t)table, 47, INDIRECT, 0};
    chain_put(0);
    broken("part of a table");
    CHECK(start_good(F_VERSION_1));
    table_fill(0, 0, 0, data[0], 512, 1);
    request_put(0, 1);
    broken("table without leave");
    /* Buffers outside RAM, that wrap around, too many; what is read behind what is written. */
    CHECK(start_good(features));
    table_fill(0, 0, 0, (uint8_t *)0x1000, 512, 1);
    request_put(0, 1);
    broken("buffer nowhere");
    CHECK(start_good(features));
    table_fill(0, 0, 0, data[0], 512, 1);
    table[1].address = ~0UL - 255;
    request_put(0, 1);
    broken("buffer that wraps");
    CHECK(start_good(features));
    table_fill(0, 0, 0, data[0], 128 * 128, 128);
    request_put(0, 128);
    broken("too many buffers");
    CHECK(start_good(features));
    table_fill(0, 1, 0, data[0], 512, 1);
    table[0].flags |= WRITE;
    request_put(0, 1);
    broken("order");
    /* No status. */
    CHECK(start_good(features));
    table_fill(0, 1, 0, data[0], 512, 1);
    table[1].flags = 0;
    request_put(0, 0);
    broken("no status");
    CHECK(start_good(features));
    queue.descriptor[0] = (struct descriptor){(uint64_t)data, 0, WRITE, 0};
    chain_put(0);
    broken("nothing");
    /* After all that it is a disk as before. */
    CHECK(start_good(features));
    CHECK(request_do(0, 0, data[1], 512, 1, NULL) == 0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    if (tree_find((const void *)fdt, "readonly")) {
        read_only_check();
        duet_power_off(0);
    }
    CHECK(*(volatile uint64_t *)SLOT(0x100) == DISK_SECTOR);
    CHECK((features_offered() & (F_VERSION_1 | F_INDIRECT | F_EVENT_IDX | F_DISCARD | F_RO)) ==
          (F_VERSION_1 | F_INDIRECT | F_EVENT_IDX | F_DISCARD));
    CHECK(load32(SLOT(0x1000 + 8)) == 0); /* the next slot is empty */
    /* What was not offered is not agreed to. */
    store32(SLOT(0x70), 3);
    store32(SLOT(0x24), 1);
    store32(SLOT(0x20), 0x80000001);
    store32(SLOT(0x70), 11);
    CHECK(load32(SLOT(0x70)) == 3);
    CHECK(start_good(F_VERSION_1 | F_INDIRECT | F_FLUSH | F_DISCARD | F_EVENT_IDX));
    types_check();
    depth_check();
    CHECK(interrupts(used_index) && !interrupts((uint16_t)(used_index + 100)));
    hostile_check();
    print("disk\n");
    duet_power_off(0);
}
