/*
 * A machine with a board has itself saved while each of its devices has something in it, and looks
 * at that afterwards: in the machine that goes on, and in each that is restored. The first line
 * says which it is, and its exit status is what `save` returned, 0 or 1. The boot argument says
 * what is attached, and what it does:
 *
 *     <uart>   no virtio; of stdin, "ab", the UART has taken one byte, and the other is a level
 *     <virtio> a disk of 64 KiB and all other devices; of stdin, "abcdef", virtio's console has
 *              taken what the UART has not, and its driver the half of that
 *     <fork>   the same without input and with a disk that is read only; and it has itself copied
 */
#include "interrupt.h"
#include "virtio_ring.h"

#define SLOT_RNG     4
#define SLOT_CONSOLE 5
#define SLOT_BALLOON 6

#define IRQ_RNG  (VIRTIO_IRQ + SLOT_RNG)
#define SECTOR   512
#define REQUESTS 7 /* in flight; fewer than a ring has entries */

#define SECOND 1000000000UL

static char out[] = "out\n";
static bool has_input, is_fork;
static struct ring disk, rng, console[2], balloon[2];
static uint8_t bytes[REQUESTS][SECTOR] __attribute__((aligned(4096)));

static struct request {
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    volatile uint8_t status;
    struct descriptor table[3] __attribute__((aligned(16)));
} request[REQUESTS];

/* --- A disk ----------------------------------------------------------------------------------- */

static uint8_t
pattern(unsigned sector, unsigned at)
{
    return (uint8_t)(sector * 31 + at * 7 + 1);
}

static void
request_put(unsigned number, bool write)
{
    struct request *r = &request[number];

    r->header.type = write;
    r->header.sector = 2 * number + 1;
    r->status = 0xff;
    r->table[0] = (struct descriptor){(uint64_t)&r->header, sizeof(r->header), NEXT, 1};
    r->table[1] = (struct descriptor){(uint64_t)bytes[number], SECTOR,
                                      (uint16_t)(write ? NEXT : NEXT | WRITE), 2};
    r->table[2] = (struct descriptor){(uint64_t)&r->status, 1, WRITE, 0};
    disk.descriptor[number] =
        (struct descriptor){(uint64_t)r->table, sizeof(r->table), INDIRECT, 0};
    slot = 0;
    put_chain(&disk, (uint16_t)number);
}

/* Waits until each has been used, once. */
static void
requests_wait(void)
{
    unsigned used = 0;

    for (unsigned i = 0; i < REQUESTS; i++) {
        while (!is_used(&disk))
            ;
        used |= 1u << disk.used.ring[disk.seen++ % RING_SIZE].id;
    }
    CHECK(used == (1u << REQUESTS) - 1);
    for (unsigned i = 0; i < REQUESTS; i++)
        CHECK(request[i].status == 0);
}

/* Puts a read of each sector, into buffers that have something else. */
static void
reads_put(void)
{
    for (unsigned number = 0; number < REQUESTS; number++)
        for (unsigned at = 0; at < SECTOR; at++)
            bytes[number][at] = 0xee;
    for (unsigned number = 0; number < REQUESTS; number++)
        request_put(number, false);
}

static void
reads_check(void)
{
    requests_wait();
    for (unsigned number = 0; number < REQUESTS; number++)
        for (unsigned at = 0; at < SECTOR; at++)
            CHECK(bytes[number][at] == (is_fork ? 0 : pattern(number, at)));
}

/* Reads are in flight when it is saved, or wait in the queue, or have just been done. Not writes:
 * who goes on first would change the image for the others. */
static void
disk_begin(void)
{
    slot = 0;
    rings_begin(&disk, 1, F_INDIRECT | F_EVENT_IDX);
    for (unsigned number = 0; number < REQUESTS; number++)
        for (unsigned at = 0; at < SECTOR; at++)
            bytes[number][at] = pattern(number, at);
    for (unsigned number = 0; number < REQUESTS; number++)
        request_put(number, !is_fork);
    requests_wait();
    reads_put();
}

static void
disk_check(void)
{
    reads_check();
    reads_put();
    reads_check();
    CHECK(disk.used.index == 3 * REQUESTS);
}

/* --- virtio's other devices ------------------------------------------------------------------- */

static void
others_begin(void)
{
    uint32_t *pfn = (uint32_t *)bytes[0];

    slot = SLOT_BALLOON;
    rings_begin(balloon, 2, 0);
    *pfn = 0xffffffff;
    CHECK(transfer(&balloon[0], pfn, 4, 0, false) == 0);
    store32(SLOT(0x104), 25);

    slot = SLOT_CONSOLE;
    rings_begin(console, 2, F_INDIRECT);
    CHECK(transfer(&console[1], out, 4, 0, true) == 0);
    if (has_input)
        CHECK(transfer(&console[0], bytes[0], 2, WRITE, false) == 2 && bytes[0][0] == 'b' &&
              bytes[0][1] == 'c');

    /* An interrupt that is not taken. */
    slot = SLOT_RNG;
    rings_begin(&rng, 1, F_EVENT_IDX);
    for (uint16_t i = 0; i < 3; i++) {
        rng.available.used_event = 2;
        CHECK(transfer(&rng, bytes[0], 16, WRITE, false) == 16);
    }
    CHECK(load32(SLOT(0x60)) == 1);
    store32(SLOT(0x30), 5); /* of a queue that it does not have, and keeps */
}

static void
others_check(void)
{
    static const char rest[] = "def";

    slot = SLOT_RNG;
    CHECK(load32(SLOT(0x70)) == 15 && load32(SLOT(0x60)) == 1 && load32(SLOT(0x34)) == 0);
    rng.available.used_event = 3;
    store32(SLOT(0x64), 1);
    CHECK(transfer(&rng, bytes[0], 16, WRITE, false) == 16 && rng.seen == 4);
    CHECK(load32(SLOT(0x60)) == 1);

    slot = SLOT_CONSOLE;
    if (has_input) {
        CHECK(transfer(&console[0], bytes[0], 8, WRITE, true) == sizeof(rest) - 1);
        for (unsigned i = 0; i < sizeof(rest) - 1; i++)
            CHECK(bytes[0][i] == (uint8_t)rest[i]);
    }
    CHECK(transfer(&console[1], out, 4, 0, false) == 0);

    slot = SLOT_BALLOON;
    CHECK(load32(SLOT(0x104)) == 25 && load32(SLOT(0x100)) == 0);
    *(uint32_t *)bytes[0] = 0xffffffff;
    CHECK(transfer(&balloon[0], bytes[0], 4, 0, false) == 0 && balloon[0].used.index == 2);
    CHECK(transfer(&balloon[1], bytes[0], 4, 0, false) == 0 && balloon[1].used.index == 1);

    slot = 3; /* an empty slot has registers, too */
    CHECK(load32(SLOT(0x70)) == 3);
}

/* --- UART, PLIC, clock ------------------------------------------------------------------------ */

static void
plic_begin(void)
{
    store32(PLIC_PRIORITY(UART_IRQ), 5);
    store32(PLIC_PRIORITY(IRQ_RNG), 2);
    store32(PLIC_PRIORITY(95), 7);
    store32(PLIC_STHRESHOLD(0), 1);
    store32(PLIC_SENABLE(0), 1u << UART_IRQ | 1u << IRQ_RNG);
    store32(PLIC_STHRESHOLD(1), 6);
    store32(PLIC_SENABLE(1) + 8, 1u << 31);
}

static void
plic_check(void)
{
    CHECK(load32(PLIC_PRIORITY(UART_IRQ)) == 5 && load32(PLIC_PRIORITY(IRQ_RNG)) == 2);
    CHECK(load32(PLIC_PRIORITY(95)) == 7 && load32(PLIC_PRIORITY(1)) == 0);
    CHECK(load32(PLIC_STHRESHOLD(0)) == 1 && load32(PLIC_STHRESHOLD(1)) == 6);
    CHECK(load32(PLIC_SENABLE(0)) == (1u << UART_IRQ | 1u << IRQ_RNG));
    CHECK(load32(PLIC_SENABLE(1)) == 0 && load32(PLIC_SENABLE(1) + 8) == 1u << 31);
}

/* Its interrupt is claimed, and pending once more. */
static void
uart_begin(void)
{
    uart_store(LCR, 0x83);
    uart_store(0, 0x12);
    uart_store(1, 0x34);
    uart_store(LCR, 3);
    uart_store(7, 0x5a);
    uart_store(FCR, 1);
    uart_store(IER, 3);
    if (has_input) {
        while (!(uart_load(LSR) & 1))
            ;
        CHECK(uart_load(RHR) == 'a');
    }
    CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
    CHECK(!(load32(PLIC_PENDING) >> UART_IRQ & 1));
    uart_store(THR, '.');
    CHECK(load32(PLIC_PENDING) >> UART_IRQ & 1);
}

static void
uart_check(bool has_level)
{
    CHECK(uart_load(7) == 0x5a && uart_load(LCR) == 3 && uart_load(IER) == 3);
    uart_store(LCR, 0x83);
    CHECK(uart_load(0) == 0x12 && uart_load(1) == 0x34);
    uart_store(LCR, 3);
    CHECK(!interrupt_taken() && load32(PLIC_SCLAIM(0)) == 0);
    store32(PLIC_SCLAIM(0), UART_IRQ);
    CHECK(interrupt_taken() && load32(PLIC_SCLAIM(0)) == UART_IRQ);
    if (has_level) {
        CHECK(uart_load(IIR) == 0xc4);
        store32(PLIC_SCLAIM(0), UART_IRQ);
        CHECK(load32(PLIC_SCLAIM(0)) == UART_IRQ);
        CHECK(uart_load(RHR) == 'b');
    }
    CHECK(!(uart_load(LSR) & 1));
    CHECK(uart_load(IIR) == 0xc2 && uart_load(IIR) == 0xc1);
    store32(PLIC_SCLAIM(0), UART_IRQ);
    CHECK(!interrupt_taken() && load32(PLIC_SCLAIM(0)) == 0);
}

/* It is set, and both of its registers keep something for the next access. */
static void
clock_begin(void)
{
    store32(RTC + 4, 1);
    store32(RTC, 0);
    (void)load32(RTC);
    store32(RTC + 4, 7);
}

static void
clock_check(void)
{
    uint64_t low, now;

    CHECK(load32(RTC + 4) == 1);
    low = load32(RTC);
    now = (uint64_t)load32(RTC + 4) << 32 | low;
    CHECK(now > 1UL << 32 && now - (1UL << 32) < 3600 * SECOND);
    store32(RTC, 0);
    low = load32(RTC);
    now = (uint64_t)load32(RTC + 4) << 32 | low;
    CHECK(now >= 7UL << 32 && now - (7UL << 32) < 60 * SECOND);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const void *tree = (const void *)fdt;
    bool has_virtio = !tree_find(tree, "<uart>");
    struct duet_ret side;

    (void)hart;
    is_fork = tree_find(tree, "<fork>") != NULL;
    has_input = !is_fork;
    clock_begin();
    plic_begin();
    uart_begin();
    if (has_virtio) {
        others_begin();
        slot = 3;
        store32(SLOT(0x70), 3);
        disk_begin();
    } else {
        while (!(uart_load(LSR) & 1))
            ;
    }

    side = is_fork ? duet_fork(1) : duet_save();

    CHECK(side.error == 0 && side.value <= 1);
    if (has_virtio)
        CHECK(interrupt_taken()); /* before the PLIC is accessed, which tells its harts again */
    put(side.value ? "restored\n" : "saved\n");
    clock_check();
    plic_check();
    if (has_virtio) {
        CHECK(load32(PLIC_SCLAIM(0)) == IRQ_RNG);
        CHECK(load32(PLIC_SCLAIM(0)) == 0);
        store32(PLIC_SCLAIM(0), IRQ_RNG);
    }
    uart_check(!has_virtio);
    if (has_virtio) {
        disk_check();
        CHECK(load32(PLIC_PENDING) >> VIRTIO_IRQ & 1);
        others_check();
    }
    duet_power_off(side.value);
}
