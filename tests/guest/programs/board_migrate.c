/*
 * Works with the devices of a board, while it is moved from one duet to another, and counts its
 * rounds on the console, a line each, on the serial port and on virtio's console by turns. What is
 * typed is to be capital letters in their order; 'q' ends it, and it says how many they were. Its
 * exit status is how often it was moved.
 *
 * All that duet writes to RAM for a device is in pages that are not written to here, but when a
 * queue begins: what duet has not noted is lost with a move. After each of them all is looked at.
 */
#include "timer.h"
#include "virtio_ring.h"

#define SLOT_RNG     4
#define SLOT_CONSOLE 5
#define SLOT_BALLOON 6

#define SECTOR      512
#define PAGES       128 /* that are filled by random bytes */
#define BLOCKS      64  /* of the disk, in a page each */
#define STATUSES    16384
#define NAMES       2048
#define TYPED       32 /* buffers for what is typed */
#define TYPED_BYTES 64
#define RINGS       4 /* that a device has by turns */
#define TURN        8 /* rounds */
#define WORDS       (PAGE_SIZE / 8)

typedef uint64_t page[WORDS];

/* A ring whose used part is in another page than the rest. */
struct apart {
    _Alignas(PAGE_SIZE) uint32_t len[RING_SIZE]; /* of used entries, as they were taken */
    char before[PAGE_SIZE - sizeof(uint32_t[RING_SIZE]) - offsetof(struct ring, used)];
    struct ring ring;
};
_Static_assert(offsetof(struct apart, ring.used) == PAGE_SIZE,
               "duet writes to the second page alone");

static struct apart disk[RINGS], rng[RINGS], receive, transmit, inflate, report;

static _Alignas(PAGE_SIZE) page filled[PAGES], block[BLOCKS], late, given[4], out;
static _Alignas(PAGE_SIZE) volatile uint8_t status[STATUSES];
static _Alignas(PAGE_SIZE) char name[NAMES][32], typed[TYPED][PAGE_SIZE];
static _Alignas(PAGE_SIZE) uint64_t sum[PAGES];

static uint64_t number[BLOCKS], requests, names, typed_count, typed_last;
static uint8_t expected[STATUSES];
static struct {
    uint32_t len;
    uint64_t first;
} typed_here[TYPED];
static unsigned typed_buffer;

/* Begins a queue of the device in `slot`. */
static void
apart_begin(struct apart *apart, unsigned queue)
{
    for (unsigned i = 0; i < RING_SIZE; i++)
        apart->len[i] = 0;
    ring_begin(&apart->ring, queue, 0);
}

/* Keeps the length of the chain that was taken last, and returns it. */
static uint32_t
len_keep(struct apart *apart)
{
    const unsigned at = (apart->ring.seen - 1u) % RING_SIZE;

    CHECK(apart->ring.used.ring[at].id == 0);
    apart->len[at] = apart->ring.used.ring[at].len;
    return apart->len[at];
}

/* --- The disk --------------------------------------------------------------------------------- */

enum { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_NAME = 8, TYPE_UNKNOWN = 99 };

static struct {
    uint32_t type, reserved;
    uint64_t sector;
} header;

/* Puts a request that is to end with the status `wanted`. */
static void
request_put(struct apart *apart, uint32_t type, uint64_t sector, void *data, uint32_t len,
            uint8_t wanted)
{
    const uint64_t at = requests++ % STATUSES;
    struct ring *r = &apart->ring;

    header.type = type;
    header.sector = sector;
    expected[at] = wanted;
    r->descriptor[0] = (struct descriptor){(uint64_t)&header, sizeof(header), NEXT, 1};
    r->descriptor[1] = (struct descriptor){(uint64_t)data, len,
                                           (uint16_t)(type == TYPE_WRITE ? NEXT : NEXT | WRITE), 2};
    r->descriptor[2] = (struct descriptor){(uint64_t)&status[at], 1, WRITE, 0};
    slot = 0;
    put_chain(r, 0);
}

/* Sleeps until the interrupt has come for a request that is done. */
static void
request_await(struct apart *apart)
{
    struct ring *r = &apart->ring;
    const uint64_t end = csr_read(time) + USED_WITHIN;

    timer_set(end);
    csr_write(sie, 1UL << IRQ_S_EXT | 1UL << IRQ_S_TIMER);
    slot = 0;
    while (!is_used(r)) {
        uint32_t irq;

        __asm__ volatile("wfi");
        CHECK(csr_read(time) < end);
        irq = load32(PLIC_SCLAIM(0));
        if (irq) {
            CHECK(irq == VIRTIO_IRQ);
            store32(SLOT(0x64), load32(SLOT(0x60)));
            store32(PLIC_SCLAIM(0), irq);
        }
    }
    r->seen++;
    len_keep(apart);
    CHECK(status[(requests - 1) % STATUSES] == expected[(requests - 1) % STATUSES]);
}

static void
request_do(struct apart *apart, uint32_t type, uint64_t sector, void *data, uint32_t len,
           uint8_t wanted)
{
    request_put(apart, type, sector, data, len, wanted);
    request_await(apart);
}

static bool
is_name(const char *text)
{
    static const char wanted[] = "disk 0";

    for (unsigned i = 0; i < sizeof(wanted); i++)
        if (((const volatile char *)text)[i] != wanted[i])
            return false;
    return true;
}

static void
disk_round(struct apart *apart, uint64_t round)
{
    const uint64_t i = round % BLOCKS, sectors = PAGE_SIZE / SECTOR;

    number[i] = out[0] = out[WORDS - 1] = round;
    request_do(apart, TYPE_WRITE, i * sectors, out, PAGE_SIZE, 0);
    request_do(apart, TYPE_READ, i * sectors, block[i], PAGE_SIZE, 0);
    CHECK(((volatile uint64_t *)block[i])[WORDS - 1] == round);
    request_do(apart, TYPE_UNKNOWN, 0, out, SECTOR, 2);
    request_do(apart, TYPE_READ, 1u << 20, out, SECTOR, 1);
    request_do(apart, TYPE_NAME, 0, name[names % NAMES], sizeof(name[0]), 0);
    CHECK(is_name(name[names++ % NAMES]));
}

/* --- The others ------------------------------------------------------------------------------- */

static uint64_t
page_sum(const page words)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < WORDS; i++)
        all = all * 31 + ((const volatile uint64_t *)words)[i];
    return all;
}

/* Random bytes, into two buffers. */
static void
fill(struct apart *apart, uint64_t round)
{
    const uint64_t i = round % PAGES;
    const uint32_t second = (uint32_t)(PAGE_SIZE - 1000 - round % 1024);
    struct ring *r = &apart->ring;

    slot = SLOT_RNG;
    r->descriptor[0] = (struct descriptor){(uint64_t)filled[i], 1000, NEXT | WRITE, 1};
    r->descriptor[1] = (struct descriptor){(uint64_t)filled[i] + 1000, second, WRITE, 0};
    put_chain(r, 0);
    used_take(r);
    CHECK(len_keep(apart) == 1000 + second);
    sum[i] = page_sum(filled[i]);
}

/* A page for the balloon, and one that is reported as free. */
static void
give_back(uint64_t round)
{
    volatile uint64_t *to_balloon = given[round % 2], *to_report = given[2 + round % 2];
    static uint32_t pfn;

    to_balloon[round % WORDS] = to_report[round % WORDS] = round;
    pfn = (uint32_t)((uint64_t)to_balloon / PAGE_SIZE);
    slot = SLOT_BALLOON;
    CHECK(transfer(&inflate.ring, &pfn, sizeof(pfn), 0, false) == 0);
    transfer(&report.ring, given[2 + round % 2], PAGE_SIZE, WRITE, false);
    CHECK(to_balloon[round % WORDS] == 0 && to_report[round % WORDS] == 0);
}

static void
typed_wait(void)
{
    receive.ring.descriptor[0] =
        (struct descriptor){(uint64_t)typed[typed_buffer], TYPED_BYTES, WRITE, 0};
    slot = SLOT_CONSOLE;
    put_chain(&receive.ring, 0);
}

/* Whether the buffer has the letters from the `first` one on. */
static bool
are_letters(unsigned buffer, uint64_t first, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        if (((volatile char *)typed[buffer])[i] != (char)('A' + (first + i) % 26))
            return false;
    return true;
}

/* Takes what was typed: the alphabet, over and over. Whether 'q' ends it. */
static bool
typed_take(void)
{
    while (is_used(&receive.ring)) {
        const unsigned buffer = typed_buffer;
        uint32_t len;
        bool is_end;

        used_take(&receive.ring);
        len = len_keep(&receive);
        CHECK(len > 0 && len <= TYPED_BYTES);
        is_end = ((volatile char *)typed[buffer])[len - 1] == 'q';
        len -= is_end;
        CHECK(are_letters(buffer, typed_count, len));
        typed_here[buffer].len = len;
        typed_here[buffer].first = typed_count;
        typed_count += len;
        typed_last = csr_read(time);
        if (is_end)
            return true;
        typed_buffer = (buffer + 1) % TYPED;
        typed_wait();
    }
    CHECK(csr_read(time) - typed_last < USED_WITHIN); /* there is always more */
    return false;
}

static void
round_print(uint64_t round)
{
    static char line[24];
    char *at = line + sizeof(line);

    if (round % 2) {
        print_number(round);
        print("\n");
        return;
    }
    *--at = '\n';
    for (uint64_t rest = round; rest; rest /= 10)
        *--at = (char)('0' + rest % 10);
    slot = SLOT_CONSOLE;
    transfer(&transmit.ring, at, (uint32_t)(line + sizeof(line) - at), 0, false);
}

/* --- All of it -------------------------------------------------------------------------------- */

static void
used_check(const struct apart *apart, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        CHECK(*(const volatile uint16_t *)&apart[i].ring.used.index == apart[i].ring.seen);
        for (unsigned at = 0; at < RING_SIZE; at++)
            CHECK(*(const volatile uint32_t *)&apart[i].ring.used.ring[at].len == apart[i].len[at]);
    }
}

/* After a move, with nothing in flight but a buffer for what is typed. */
static void
all_check(void)
{
    used_check(disk, RINGS);
    used_check(rng, RINGS);
    used_check(&transmit, 1);
    used_check(&inflate, 1);
    used_check(&report, 1);
    for (unsigned i = 0; i < STATUSES; i++)
        CHECK(status[i] == expected[i]);
    for (unsigned i = 0; i < NAMES && i < names; i++)
        CHECK(is_name(name[i]));
    for (unsigned i = 0; i < BLOCKS; i++)
        CHECK(((volatile uint64_t *)block[i])[0] == number[i] && block[i][WORDS - 1] == number[i]);
    for (unsigned i = 0; i < PAGES; i++)
        CHECK(page_sum(filled[i]) == sum[i]);
    for (unsigned i = 0; i < TYPED; i++)
        if (i != typed_buffer) /* that may have more letters by now */
            CHECK(are_letters(i, typed_here[i].first, typed_here[i].len));
}

static void
turn_begin(unsigned turn)
{
    slot = 0;
    device_begin(F_VERSION_1);
    apart_begin(&disk[turn], 0);
    store32(SLOT(0x70), 15);
    slot = SLOT_RNG;
    device_begin(F_VERSION_1);
    apart_begin(&rng[turn], 0);
    store32(SLOT(0x70), 15);
}

static void
devices_begin(void)
{
    store32(PLIC_PRIORITY(VIRTIO_IRQ), 1);
    store32(PLIC_SENABLE(0), 1u << VIRTIO_IRQ);
    slot = SLOT_CONSOLE;
    device_begin(F_VERSION_1);
    apart_begin(&receive, 0);
    apart_begin(&transmit, 1);
    store32(SLOT(0x70), 15);
    slot = SLOT_BALLOON;
    device_begin(F_VERSION_1 | 1u << 5); /* page reporting */
    apart_begin(&inflate, 0);
    apart_begin(&report, 2);
    store32(SLOT(0x70), 15);
    for (unsigned i = 0; i < PAGES; i++)
        sum[i] = page_sum(filled[i]);
    typed_last = csr_read(time);
    typed_wait();
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t generation = duet_generation().value, moves = 0, now;

    (void)hart, (void)fdt;
    timer_init();
    devices_begin();
    for (uint64_t round = 1; !typed_take(); round++) {
        const unsigned turn = round / TURN % RINGS;
        struct apart *of_disk = &disk[turn];

        if (round == 1 || round % TURN == 0)
            turn_begin(turn);
        /* A read that is done, or has been, while the hart does something else. */
        request_put(of_disk, TYPE_READ, round * 5 % BLOCKS * (PAGE_SIZE / SECTOR), late, PAGE_SIZE,
                    0);
        fill(&rng[turn], round);
        give_back(round);
        round_print(round);
        request_await(of_disk);
        CHECK(((volatile uint64_t *)late)[0] == number[round * 5 % BLOCKS]);
        disk_round(of_disk, round);
        now = duet_generation().value;
        moves += now != generation;
        if (now != generation)
            all_check();
        generation = now;
    }
    put("typed ");
    put_number((int64_t)typed_count);
    put("\n");
    duet_power_off(moves);
}
