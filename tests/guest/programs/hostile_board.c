/*
 * On all harts at once: loads and stores of all widths at all of the board's registers, with virtio
 * devices whose queues are set up by chance, moved, notified and reset meanwhile, over RAM full of
 * descriptors by chance. (No page of the balloon's is one of this program: see arena_write.) Each
 * access is served or ends as an access fault; then the disk is reset and the PLIC still tells what
 * it is told.
 */
#include "hostile.h"

#include "../board/virt.h"

/* What the disk may write to: RAM above this program. */
#define ARENA      (DUET_RAM_BASE + (8UL << 20))
#define ARENA_SIZE (1UL << 20)

static volatile uint64_t seed, rounds;
static volatile uint64_t faults[HARTS_MAX], served[HARTS_MAX];

/* A place in the arena, or none in RAM. */
static uint64_t
place_any(struct random *random)
{
    static const uint64_t nowhere[] = {0, 0x1000, 0x10001000, RAM_END, ~0UL - 15, 1UL << 63};

    if (random_below(random, 8) == 0)
        return nowhere[random_below(random, COUNT_OF(nowhere))];
    return ARENA + random_below(random, ARENA_SIZE / 2) / 16 * 16;
}

static void
store(unsigned width, uint64_t address, uint64_t value)
{
    switch (width) {
    case 0:
        *(volatile uint8_t *)address = (uint8_t)value;
        break;
    case 1:
        *(volatile uint16_t *)address = (uint16_t)value;
        break;
    case 2:
        *(volatile uint32_t *)address = (uint32_t)value;
        break;
    default:
        *(volatile uint64_t *)address = value;
    }
}

static void
load(unsigned width, uint64_t address)
{
    switch (width) {
    case 0:
        (void)*(volatile uint8_t *)address;
        break;
    case 1:
        (void)*(volatile uint16_t *)address;
        break;
    case 2:
        (void)*(volatile uint32_t *)address;
        break;
    default:
        (void)*(volatile uint64_t *)address;
    }
}

/* Any register, any width. The test device is only loaded from. */
static void
register_access(struct random *random)
{
    static const struct {
        uint64_t base, size;
    } range[] = {{UART, 0x100},
                 {PLIC, 0x3000},
                 {PLIC + 0x200000, 0x9000},
                 {VIRTIO, 0x1000 * 8},
                 {RTC, 0x1000},
                 {VIRTIO, 0x110},
                 {CLINT, 0x50},
                 {CLINT_MTIMECMP(0), 0x50},
                 {CLINT_MTIME - 8, 16}};
    unsigned which = (unsigned)random_below(random, COUNT_OF(range));
    unsigned width =
        random_below(random, 3) ? which == 0 ? 0 : 2 : (unsigned)random_below(random, 4);
    uint64_t offset = random_below(random, range[which].size) >> width << width;
    uint64_t address = range[which].base + offset;

    /* Where queues are is queue_set's to say: a word of it by chance could be this program. */
    if (random_below(random, 2) &&
        !(which >= 3 && offset % 0x1000 >= 0x80 && offset % 0x1000 < 0xb0))
        store(width, address, random_next(random) >> random_below(random, 64));
    else
        load(width, address);
    if (random_below(random, 16) == 0)
        load(2, TEST);
}

/* A disk, and the slots of --virtio, of which some are empty. */
static uint64_t
device_any(struct random *random)
{
    static const unsigned slot[] = {0, 4, 5, 6};

    return VIRTIO + 0x1000UL * slot[random_below(random, COUNT_OF(slot))];
}

static void
half_store(uint64_t address, uint64_t place)
{
    store32(address, (uint32_t)place);
    store32(address + 4, (uint32_t)(place >> 32));
}

/* Fills a queue of 8: chains by chance, as many as it holds, or one too many. */
static void
queue_fill(struct random *random, uint64_t descriptors, uint64_t available)
{
    volatile uint64_t *table = (volatile uint64_t *)descriptors;
    volatile uint16_t *ring = (volatile uint16_t *)available;

    if (descriptors - ARENA >= ARENA_SIZE || available - ARENA >= ARENA_SIZE)
        return;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t flags = random_below(random, 16) ? random_below(random, 4) : 4;

        table[2 * i] = place_any(random);
        table[2 * i + 1] = 16 | flags << 32 | random_below(random, 8) << 48;
        ring[2 + i] = (uint16_t)random_below(random, 8);
    }
    ring[0] = 0;
    ring[1] = (uint16_t)random_below(random, 10);
}

/* A queue anywhere, or the whole way to one that works. */
static void
queue_set(struct random *random)
{
    static const uint32_t size[] = {8, 8, 8, 128, 1, 0, 65535, 3};
    uint64_t descriptors = place_any(random), available = place_any(random);
    uint64_t device = device_any(random), number = random_below(random, 4) % 3;

    if (random_below(random, 4))
        store32(device + 0x70, 0);
    store32(device + 0x70, 3);
    store32(device + 0x24, 0);
    store32(device + 0x20, random_below(random, 2) ? 3u << 28 : 0);
    store32(device + 0x70, 11);
    store32(device + 0x30, (uint32_t)number);
    store32(device + 0x38, size[random_below(random, COUNT_OF(size))]);
    half_store(device + 0x80, descriptors);
    half_store(device + 0x90, available);
    half_store(device + 0xa0, place_any(random));
    queue_fill(random, descriptors, available);
    store32(device + 0x44, 1);
    store32(device + 0x70, 15);
    store32(device + 0x50, (uint32_t)number);
}

/* Writes descriptors, headers and indices anywhere. None of their words is the number of a page of
 * this program, for the balloon takes what it finds. */
static void
arena_write(struct random *random)
{
    volatile uint64_t *at =
        (volatile uint64_t *)(ARENA + random_below(random, ARENA_SIZE - 4096) / 16 * 16);

    for (unsigned i = 0; i < 16; i++) {
        at[2 * i] = place_any(random);
        at[2 * i + 1] = random_below(random, 0x2000) | random_below(random, 8) << 32 |
                        random_below(random, 10) << 48;
    }
}

static void
round_make(struct random *random, uint64_t hart)
{
    uint64_t before = trapped[hart].count;
    unsigned what = (unsigned)random_below(random, 16);

    if (what < 2)
        queue_set(random);
    else if (what < 4)
        arena_write(random);
    else if (what < 6)
        store32(device_any(random) + 0x50, (uint32_t)random_below(random, 3));
    else
        register_access(random);
    if (trapped[hart].count == before)
        served[hart]++;
    else
        faults[hart]++;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t code = code_sum(), harts = 1, served_count = 0, fault_count = 0;
    struct random random;

    traps_take(hart);
    if (hart == 0) {
        seed = boot_number(fdt, "seed=");
        rounds = boot_number(fdt, "rounds=");
        harts = harts_start(0);
    }
    random = random_begin(seed, hart);
    for (uint64_t round = 0; round < rounds; round++)
        round_make(&random, hart);
    if (hart)
        hart_rest(hart);
    harts_wait(harts);
    CHECK(code_sum() == code);
    store32(VIRTIO + 0x70, 0);
    CHECK(load32(VIRTIO + 0x70) == 0 && load32(VIRTIO) == 0x74726976);
    store32(PLIC_PRIORITY(5), 3);
    CHECK(load32(PLIC_PRIORITY(5)) == 3);
    for (hart = 0; hart < harts; hart++) {
        fault_count += faults[hart];
        served_count += served[hart];
    }
    CHECK(fault_count && served_count);
    put("\n");
    put_count(fault_count + served_count, " rounds, of which ");
    put_count(served_count, " without a fault\n");
    duet_power_off(0);
}
