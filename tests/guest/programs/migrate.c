/*
 * Works with all that a machine has, while it is moved from one duet to another, and counts its
 * rounds on the console, a line each. What is typed is to be capital letters in their order; 'q'
 * ends it, and it says how many they were. Its exit status is how often it was moved.
 *
 *     hart 0   has duet write to its memory, in each way that there is: by hypercalls, by disks, by
 *              giving pages back; and looks whether it is there. Its timer rings in each round
 *     hart 1   sleeps (WFI) for the software interrupt of each round
 *     hart 2   writes to pages all the time, and looks whether hart 0 goes on
 */
#include "disk.h"
#include "timer.h"

#define TICKS  300          /* until the timer rings: 30 us */
#define LIMIT  1200000000UL /* ticks: a guard against hanging */
#define PAGES  256          /* that hypercalls fill */
#define BLOCKS 64           /* of the disk, in a page each */
#define WRITES 64           /* pages of hart 2 */
#define WORDS  (PAGE_SIZE / 8)
#define QUEUES 8

extern char _start[];

typedef uint64_t page[WORDS];
static _Alignas(PAGE_SIZE) page filled[PAGES], block[BLOCKS], out, late, given[2], writes[WRITES];
static uint64_t sum[PAGES], number[BLOCKS];
/* Of queues with 8 requests: their completions begin a page, which duet alone writes to. */
static struct {
    _Alignas(PAGE_SIZE) char before[PAGE_SIZE - sizeof(struct duet_queue) -
                                    8 * sizeof(struct duet_disk_request)];
    struct disk_memory memory;
} queue[QUEUES];
static volatile uint64_t rung, begun, woken, sent;

static uint64_t
page_sum(const page words)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < WORDS; i++)
        all = all * 31 + ((const volatile uint64_t *)words)[i];
    return all;
}

__attribute__((aligned(4), interrupt("supervisor"))) static void
trap(void)
{
    CHECK(csr_read(scause) == (SCAUSE_INTERRUPT | IRQ_S_TIMER));
    timer_set(UINT64_MAX);
    rung = 1; /* it may ring once more while it is switched off */
}

static void
pages_write(void)
{
    uint64_t since = csr_read(time), seen = 0;

    for (uint64_t value = 0;; value++) {
        if (sent != seen)
            since = csr_read(time);
        seen = sent;
        CHECK(csr_read(time) - since < LIMIT); /* hart 0 may wait for its disk for ever */
        for (unsigned i = 0; i < WRITES; i++) {
            volatile uint64_t *word = &writes[i][value * 31 % WORDS];

            CHECK(value == 0 || writes[i][(value - 1) * 31 % WORDS] == value - 1 + i);
            *word = value + i;
        }
    }
}

static void
other_run(uint64_t hart)
{
    if (hart == 2)
        pages_write();
    begun = 1;
    for (;;) {
        software_wait();
        woken++;
    }
}

static void
fill(uint64_t round)
{
    uint64_t i = round % PAGES;

    CHECK(duet_entropy(filled[i], PAGE_SIZE).value == PAGE_SIZE);
    sum[i] = page_sum(filled[i]);
    i = round * 7 % PAGES;
    CHECK(page_sum(filled[i]) == sum[i]);
}

static void
give_back(uint64_t round)
{
    volatile uint64_t *mine = given[round % 2];

    mine[round % WORDS] = round;
    CHECK(duet_memory_release(given[round % 2], PAGE_SIZE).value == PAGE_SIZE);
    CHECK(mine[round % WORDS] == 0 && given[(round + 1) % 2][(round - 1) % WORDS] == 0);
}

static void
disk_round(struct disk *disk, uint64_t round)
{
    uint64_t i = round % BLOCKS;

    number[i] = out[0] = out[WORDS - 1] = round;
    CHECK(disk_do(disk, DUET_DISK_WRITE, i * PAGE_SIZE, out, PAGE_SIZE) == DUET_DISK_OK);
    CHECK(disk_do(disk, DUET_DISK_READ, i * PAGE_SIZE, block[i], PAGE_SIZE) == DUET_DISK_OK);
    i = round * 7 % BLOCKS;
    CHECK(((volatile uint64_t *)block[i])[WORDS - 1] == number[i]);
}

/* A read that is done, or has been, while the hart does something else. */
static void
late_begin(struct disk *disk, uint64_t round)
{
    disk_put(disk, round, DUET_DISK_READ, round * 5 % BLOCKS * PAGE_SIZE, late, PAGE_SIZE);
    disk_publish(disk);
}

static void
late_end(struct disk *disk, uint64_t round)
{
    const struct duet_disk_completion completion = disk_take(disk);

    CHECK(completion.tag == round && completion.status == DUET_DISK_OK);
    CHECK(((volatile uint64_t *)late)[0] == number[round * 5 % BLOCKS]);
}

static void
timer_round(void)
{
    rung = 0;
    csr_write(sie, 1UL << IRQ_S_TIMER);
    timer_set(csr_read(time) + TICKS);
    __asm__ volatile("csrsi sstatus, 2");
    word_await(&rung, 1, LIMIT);
    __asm__ volatile("csrci sstatus, 2");
}

/* Reads what was typed: the alphabet, over and over. Whether 'q' ends it. */
static bool
typed_take(uint64_t *typed)
{
    char keys[256];
    const struct duet_ret got = duet_console_read(keys, sizeof(keys));

    for (uint64_t i = 0; got.error == 0 && i < got.value; i++) {
        if (keys[i] == 'q')
            return true;
        CHECK(keys[i] == (char)('A' + (*typed)++ % 26));
    }
    return false;
}

static void
all_check(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        CHECK(page_sum(filled[i]) == sum[i]);
    for (unsigned i = 0; i < BLOCKS; i++)
        CHECK(((volatile uint64_t *)block[i])[0] == number[i] && block[i][WORDS - 1] == number[i]);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t generation = duet_generation().value, moves = 0, typed = 0, now;
    struct disk disk;

    (void)fdt;
    if (hart != 0)
        other_run(hart);
    timer_init();
    csr_write(stvec, (uint64_t)trap);
    for (unsigned i = 0; i < PAGES; i++)
        sum[i] = page_sum(filled[i]);
    for (uint64_t other = 1; other < 3; other++)
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0).error == 0);
    word_await(&begun, 1, LIMIT); /* a hart loses interrupts that come before it has started */
    for (uint64_t round = 1; !typed_take(&typed); round++) {
        if (round % 50 == 1)
            CHECK(disk_start(&disk, 0, &queue[round / 50 % QUEUES].memory, 8).error == 0);
        late_begin(&disk, round);
        fill(round);
        give_back(round);
        timer_round();
        CHECK(sbi_call(SBI_IPI, SBI_IPI_SEND, 1, 1, 0).error == 0);
        word_await(&woken, ++sent, LIMIT);
        put_number((int64_t)round);
        put("\n");
        late_end(&disk, round);
        disk_round(&disk, round);
        now = duet_generation().value;
        moves += now != generation;
        if (now != generation)
            all_check();
        generation = now;
    }
    put("typed ");
    put_number((int64_t)typed);
    put("\n");
    duet_power_off(moves);
}
