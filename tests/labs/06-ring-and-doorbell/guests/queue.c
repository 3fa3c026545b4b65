/*
 * Lab 06: disk 0 through a queue of 8 requests. A line of input is a command:
 *
 *     start         starts the queue, prints the call's error
 *     read N...     asks for sectors N..., all at once, and sleeps until all are read; prints tag,
 *                   status and a sum of each, in the order of the completions
 *     behind        asks nothing, but has the tail in memory 9 ahead, rings, and prints how many
 *                   completions come of that
 *     scribble N    writes N over all words of the queue that are the VMM's to write
 *     ask N         asks for one sector, always rings, and looks into the completion's slot until
 *                   it is there: prints tag, status, sum and the completions' tail in memory
 */
#include "disk.h"
#include "tests/labs/guests/commands.h"

#define SIZE   8
#define SECTOR DUET_DISK_SECTOR
#define LOOKS  3000 /* null calls: so long do we wait for what should come */

static struct disk_memory memory;
static struct disk disk;
static _Alignas(SECTOR) uint64_t buffer[SIZE][SECTOR / 8];

static volatile struct duet_disk_completion *
completion_slot(uint32_t number)
{
    return (struct duet_disk_completion *)disk.completions.slots + number % SIZE;
}

/* Sum of a sector, with the place of each word. */
static void
show(uint64_t tag, uint32_t status)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < SECTOR / 8; i++)
        sum = sum * 31 + buffer[tag % SIZE][i];
    put_number((int64_t)tag);
    put(" ");
    put_number(status);
    put(" ");
    put_number((int64_t)(sum >> 1));
}

static void
sector_put(uint64_t sector, uint64_t tag)
{
    for (unsigned i = 0; i < SECTOR / 8; i++)
        buffer[tag % SIZE][i] = 0;
    disk_put(&disk, tag, DUET_DISK_READ, sector * SECTOR, buffer[tag % SIZE], SECTOR);
}

static void
read_all(const char *at)
{
    static uint64_t tag;
    uint64_t sector;
    unsigned count = 0;

    for (; count < SIZE && number_take(&at, &sector); count++)
        sector_put(sector, tag++);
    disk_publish(&disk);
    for (; count > 0; count--) {
        struct duet_disk_completion completion = disk_take(&disk);

        show(completion.tag, completion.status);
        put("\n");
    }
}

static void
ring_the_bell(void)
{
    *(volatile uint32_t *)(uint64_t)DUET_DOORBELL(0) = 0;
}

static void
behind(void)
{
    unsigned came = 0;

    for (uint32_t i = 0; i < SIZE; i++)
        completion_slot(i)->tag = 0;
    for (uint32_t i = 0; i < SIZE; i++)
        disk_put(&disk, 1000 + i, DUET_DISK_READ, 0, buffer[0], SECTOR);
    memory.queue.requests.tail = disk.requests.index + 1;
    ring_the_bell();
    for (unsigned i = 0; i < LOOKS / 4; i++)
        duet_null();
    for (uint32_t i = 0; i < SIZE; i++)
        came += completion_slot(i)->tag >= 1000;
    put_number(came);
    put("\n");
}

static void
ask(const char *at)
{
    static uint64_t tag = 1UL << 32;
    volatile struct duet_disk_completion *slot = completion_slot(disk.completions.index);
    unsigned looks = 0;

    sector_put(number_next(&at), ++tag);
    memory.queue.requests.tail = disk.requests.index;
    ring_the_bell();
    while (slot->tag != tag && looks++ < LOOKS)
        duet_null();
    if (slot->tag != tag) {
        put("nothing came\n");
        duet_power_off(0);
    }
    for (looks = 0; looks < 100; looks++)
        duet_null(); /* entry, then tail */
    show(slot->tag, slot->status);
    put(" ");
    put_number(memory.queue.completions.tail);
    put("\n");
    disk.completions.index++;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];

    (void)hart, (void)fdt;
    while (read_line(line)) {
        const char *at = line;

        while (*at && *at != ' ')
            at++;
        if (starts_with(line, "start")) {
            put_number(disk_start(&disk, 0, &memory, SIZE).error);
            put("\n");
        } else if (starts_with(line, "read")) {
            read_all(at);
        } else if (starts_with(line, "behind")) {
            behind();
        } else if (starts_with(line, "scribble")) {
            uint64_t number = number_next(&at);
            memory.queue.requests.wake = (uint32_t)number;
            memory.queue.completions.tail = (uint32_t)(number >> 32);
        } else if (starts_with(line, "ask")) {
            ask(at);
        }
    }
    duet_power_off(0);
}
