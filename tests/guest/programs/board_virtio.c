/*
 * The virtio devices besides disks. The boot argument says which: `rng`, `console`, `reset` (the
 * console once more), `balloon`, or `none`, where the slots have to be empty. Each is driven with
 * and without indirect descriptors and event indices, and survives a queue that makes no sense.
 */
#include "virtio_ring.h"

#define SLOT_RNG     4
#define SLOT_CONSOLE 5
#define SLOT_BALLOON 6

#define PAGE 4096

static struct ring ring[3];
static uint8_t page[4][PAGE] __attribute__((aligned(PAGE)));

static void
begin(unsigned queues, uint64_t features)
{
    rings_begin(ring, queues, features);
}

/* The interrupt for one more used chain, if it is asked for by the event index. */
static bool
interrupts(struct ring *r, uint16_t used_event, void *bytes, uint32_t len, uint16_t flags)
{
    r->available.used_event = used_event;
    store32(SLOT(0x64), 3);
    transfer(r, bytes, len, flags, false);
    return load32(SLOT(0x60)) & 1;
}

/* A head beyond the table: the device wants to be reset, and goes on after that. */
static void
break_queue(unsigned queues, struct ring *r)
{
    put_chain(r, RING_SIZE);
    CHECK(load32(SLOT(0x70)) & 0x40);
    CHECK(!is_used(r));
    begin(queues, F_INDIRECT | F_EVENT_IDX);
    CHECK(!(load32(SLOT(0x70)) & 0x40));
}

static void
events_check(struct ring *r, void *bytes, uint32_t len, uint16_t flags)
{
    CHECK(interrupts(r, r->seen, bytes, len, flags));
    CHECK(!interrupts(r, (uint16_t)(r->seen + 100), bytes, len, flags));
    CHECK(*(volatile uint16_t *)&r->used.available_event == r->available.index);
}

static unsigned
zeroes(const uint8_t *bytes, unsigned len)
{
    unsigned count = 0;

    for (unsigned i = 0; i < len; i++)
        count += ((const volatile uint8_t *)bytes)[i] == 0;
    return count;
}

static void
rng_check(void)
{
    slot = SLOT_RNG;
    CHECK(load32(SLOT(8)) == 4);
    for (unsigned indirect = 0; indirect < 2; indirect++) {
        begin(1, indirect ? F_INDIRECT | F_EVENT_IDX : 0);
        CHECK(transfer(&ring[0], page[0], PAGE, WRITE, indirect) == PAGE);
        /* 4096 random bytes have 16 zeroes; 64 is beyond chance. */
        CHECK(zeroes(page[0], PAGE) < 64);
    }
    /* Not the same again; and what is behind a buffer stays. */
    CHECK(transfer(&ring[0], page[1], PAGE / 2, WRITE, true) == PAGE / 2);
    CHECK(zeroes(page[1] + PAGE / 2, PAGE / 2) == PAGE / 2 && zeroes(page[1], PAGE / 2) < 32);
    CHECK(*(volatile uint64_t *)page[0] != *(volatile uint64_t *)page[1]);
    /* What is to be read only gets nothing; nor does an empty buffer. */
    CHECK(transfer(&ring[0], page[2], PAGE, 0, false) == 0);
    CHECK(transfer(&ring[0], page[2], 0, WRITE, false) == 0);
    CHECK(zeroes(page[2], PAGE) == PAGE);
    events_check(&ring[0], page[2], 8, WRITE);
    break_queue(1, &ring[0]);
    CHECK(transfer(&ring[0], page[2], 16, WRITE, false) == 16);
}

static char text[] = "out by virtio\n";

/* stdin is "typed\n", and nothing before the device has a buffer. */
static void
console_check(void)
{
    static const char typed[] = "typed\n";
    unsigned got = 1;

    slot = SLOT_CONSOLE;
    CHECK(load32(SLOT(8)) == 3);
    begin(2, 0);
    /* Input is the UART's until the driver has sent something. */
    ring[0].descriptor[0] = (struct descriptor){(uint64_t)page[0], 1, WRITE, 0};
    put_chain(&ring[0], 0);
    while (!(uart_load(LSR) & 1))
        CHECK(!is_used(&ring[0]));
    CHECK(!is_used(&ring[0]));
    CHECK(transfer(&ring[1], text, sizeof(text) - 1, 0, false) == 0);
    CHECK(used_take(&ring[0]) == 1);
    begin(2, F_INDIRECT | F_EVENT_IDX);
    CHECK(transfer(&ring[1], text, sizeof(text) - 1, 0, true) == 0);
    events_check(&ring[1], text, 1, 0);
    put("\n");
    break_queue(2, &ring[1]);
    /* Buffers of 4 bytes: what was typed comes in pieces, and in order. */
    while (got < sizeof(typed) - 1) {
        uint32_t len = transfer(&ring[0], page[0] + got, 4, WRITE, false);

        CHECK(len > 0 && len <= 4);
        got += len;
    }
    for (unsigned i = 0; i < got; i++)
        CHECK(((volatile char *)page[0])[i] == typed[i]);
    /* Nothing more comes: the buffer stays the device's, and a reset takes it back. */
    ring[0].descriptor[0] = (struct descriptor){(uint64_t)page[1], 16, WRITE, 0};
    put_chain(&ring[0], 0);
    CHECK(!is_used(&ring[0]));
    begin(2, 0);
    CHECK(transfer(&ring[1], text, sizeof(text) - 1, 0, false) == 0);
}

/* A reset once the first letter is there: the device has taken the others, too, and they come again
 * to the machine's next life. */
static void
console_reset(void)
{
    static const char rest[] = "yped\n";

    slot = SLOT_CONSOLE;
    begin(2, 0);
    CHECK(transfer(&ring[1], text, sizeof(text) - 1, 0, false) == 0);
    CHECK(transfer(&ring[0], page[0], 1, WRITE, false) == 1);
    if (page[0][0] == 't')
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, 0, 0);
    for (unsigned i = 0; i < sizeof(rest) - 1; i++) {
        CHECK(page[0][0] == (uint8_t)rest[i]);
        if (i < sizeof(rest) - 2)
            CHECK(transfer(&ring[0], page[0], 1, WRITE, false) == 1);
    }
}

static void
balloon_check(void)
{
    volatile uint32_t *config = (volatile uint32_t *)SLOT(0);
    uint32_t *pfn = (uint32_t *)page[0];

    slot = SLOT_BALLOON;
    config = (volatile uint32_t *)SLOT(0x100);
    CHECK(load32(SLOT(8)) == 5);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned at = 0; at < PAGE; at++)
            page[1 + i][at] = 0xaa;
    begin(3, F_INDIRECT | F_EVENT_IDX | 1ULL << 5);
    /* Pages 1 and 3, and some that are not RAM, in a list that is cut at its end. */
    pfn[0] = (uint32_t)((uint64_t)page[1] / PAGE);
    pfn[1] = 0xffffffff;
    pfn[2] = 0x10001;
    pfn[3] = (uint32_t)((uint64_t)page[3] / PAGE);
    pfn[4] = (uint32_t)((uint64_t)page[2] / PAGE);
    CHECK(transfer(&ring[0], pfn, 19, 0, true) == 0);
    CHECK(zeroes(page[1], PAGE) == PAGE && zeroes(page[3], PAGE) == PAGE);
    CHECK(zeroes(page[2], PAGE) == 0);
    CHECK(transfer(&ring[1], pfn, 4, 0, false) == 0); /* out of the balloon: it is used again */
    *(volatile uint64_t *)page[1] = 1;
    CHECK(*(volatile uint64_t *)page[1] == 1);
    /* A report: free pages as buffers. What is not whole pages stays. */
    CHECK(transfer(&ring[2], page[2] + 8, PAGE / 2, WRITE, false) == 0);
    CHECK(zeroes(page[2], PAGE) == 0);
    CHECK(transfer(&ring[2], page[2], PAGE, WRITE, true) == 0);
    CHECK(zeroes(page[2], PAGE) == PAGE);
    /* A list in two buffers, a number across both. */
    for (unsigned at = 0; at < PAGE; at++)
        page[2][at] = 0xaa;
    ring[0].descriptor[0] = (struct descriptor){(uint64_t)&pfn[4], 3, NEXT, 1};
    ring[0].descriptor[1] = (struct descriptor){(uint64_t)&pfn[4] + 3, 1, 0, 0};
    put_chain(&ring[0], 0);
    used_take(&ring[0]);
    CHECK(zeroes(page[2], PAGE) == PAGE);
    events_check(&ring[0], pfn, 4, 0);
    break_queue(3, &ring[0]);
    /* Only `actual` is the driver's. */
    config[0] = 77;
    config[1] = 25;
    config[5] = 1;
    CHECK(config[0] == 0 && config[1] == 25 && config[5] == 0);
    /* A person asks for pages: the test's, from outside. */
    put("asked\n");
    while (config[0] != 256)
        ;
    CHECK(load32(SLOT(0x60)) & 2);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const void *tree = (const void *)fdt;

    (void)hart;
    if (tree_find(tree, "<none>")) {
        for (slot = 0; slot < 8; slot++)
            CHECK(load32(SLOT(0)) == 0x74726976 && load32(SLOT(8)) == 0);
    } else if (tree_find(tree, "<rng>")) {
        rng_check();
    } else if (tree_find(tree, "<console>")) {
        console_check();
    } else if (tree_find(tree, "<reset>")) {
        console_reset();
    } else {
        balloon_check();
    }
    put("done\n");
    duet_power_off(0);
}
