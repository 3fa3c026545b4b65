/* Eight harts work for as many seconds as the boot arguments say, "<600>": one uses the disk, the
 * others make calls for the console, the clock, entropy and memory, and invalid calls. A hart
 * without progress during an interval ends the run as a failure. The counts of each interval are
 * printed on a line. */
#include "disk.h"

#define HARTS       8
#define TIMEBASE_HZ 10000000UL /* of QEMU's virt machine */
#define INTERVAL    (10 * TIMEBASE_HZ)
#define BLOCK       4096
#define DEPTH       32
#define AREA        (DUET_RAM_BASE + (64UL << 20))
#define AREA_BYTES  (256UL << 10)

extern char _start[];

static struct disk_memory memory;
static _Alignas(BLOCK) uint64_t buffer[DEPTH * BLOCK / 8];
static volatile uint64_t progress[HARTS];

static uint64_t
random_next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Each word of a disk block holds the block's number, once it was written. */
static void
disk_round(struct disk *disk, uint64_t blocks, uint64_t *state)
{
    uint64_t first = random_next(state) % (blocks - DEPTH);
    uint16_t op = random_next(state) % 2 ? DUET_DISK_READ : DUET_DISK_WRITE;

    for (uint64_t i = 0; i < DEPTH; i++) {
        if (op == DUET_DISK_WRITE)
            for (uint64_t word = 0; word < BLOCK / 8; word++)
                buffer[i * BLOCK / 8 + word] = first + i;
        disk_put(disk, i, op, (first + i) * BLOCK, buffer + i * BLOCK / 8, BLOCK);
    }
    disk_publish(disk);
    for (unsigned i = 0; i < DEPTH; i++)
        CHECK(disk_take(disk).status == DUET_DISK_OK);
    for (uint64_t i = 0; i < DEPTH; i++) {
        uint64_t is = buffer[i * BLOCK / 8];
        CHECK(is == first + i || (op == DUET_DISK_READ && is == 0));
    }
    if (random_next(state) % 64 == 0)
        CHECK(disk_do(disk, DUET_DISK_FLUSH, 0, NULL, 0) == DUET_DISK_OK);
    progress[0]++;
}

static void
report(uint64_t seconds)
{
    static uint64_t before[HARTS];

    put("soak ");
    put_number((int64_t)seconds);
    for (unsigned hart = 0; hart < HARTS; hart++) {
        put(" ");
        put_number((int64_t)(progress[hart] - before[hart]));
        CHECK(progress[hart] != before[hart]);
        before[hart] = progress[hart];
    }
    put("\n");
}

static _Noreturn void
other_hart(uint64_t hart)
{
    static char text[HARTS][64];
    uint64_t state = 88172645463325252 + hart;
    volatile char *area = (volatile char *)AREA;

    for (;; progress[hart]++) {
        switch (hart) {
        case 1:
            if (duet_console_read(text[hart], sizeof(text[hart])).value == 0)
                continue; /* the end of the loop counts this round: an empty console is no stall */
            break;
        case 2:
            put("................................\n");
            break;
        case 3:
            duet_null();
            break;
        case 4:
            CHECK(duet_clock_wall().error == 0);
            CHECK(duet_entropy(text[hart], 16).value == 16);
            break;
        case 5:
            duet_event_select(DUET_EVENT_DISK(0));
            break;
        case 6:
            for (uint64_t at = 0; at < AREA_BYTES; at += BLOCK)
                area[at] = 1;
            CHECK(duet_memory_release((void *)AREA, AREA_BYTES).value == AREA_BYTES);
            break;
        case 7: {
            const uint64_t arg[6] = {random_next(&state), 1UL << 40, random_next(&state)};
            duet_ecall(DUET_SBI_EXT, DUET_CALLS + random_next(&state) % 100, arg);
            CHECK(duet_console_write((void *)(DUET_RAM_BASE - 8), 16).error);
            break;
        }
        }
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const char *tree = (const char *)fdt;
    uint64_t seconds = 0, state = 362436069, start = csr_read(time), reported = start;
    struct duet_disk_info info;
    struct disk disk;

    if (hart)
        other_hart(hart);
    while (*tree++ != '<')
        ;
    for (; *tree >= '0' && *tree <= '9'; tree++)
        seconds = seconds * 10 + (uint64_t)(*tree - '0');
    CHECK(duet_disk_info(0, &info, sizeof(info)).error == 0);
    CHECK(disk_start(&disk, 0, &memory, DEPTH).error == 0);
    for (uint64_t other = 1; other < HARTS; other++)
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0).error == 0);
    while (csr_read(time) - start < seconds * TIMEBASE_HZ) {
        disk_round(&disk, info.bytes / BLOCK, &state);
        if (csr_read(time) - reported >= INTERVAL) {
            reported = csr_read(time);
            report((reported - start) / TIMEBASE_HZ);
        }
    }
    put("soak over\n");
    duet_power_off(0);
}
