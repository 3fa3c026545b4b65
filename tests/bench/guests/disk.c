/* Times reads of 4 KiB from disk 0, BENCH_DISK_DEPTH in flight, all over it. */
#include "tests/guest/programs/disk.h"
#include "bench_guest.h"

static struct disk_memory memory;
static char buffer[BENCH_DISK_DEPTH][BENCH_DISK_BYTES] __attribute__((aligned(BENCH_DISK_BYTES)));

/* Has BENCH_DISK_READS requests done, each slot's next one when the one before has come back. */
static void
read_all(struct disk *disk)
{
    struct duet_disk_completion completion;
    unsigned sent = 0, taken = 0;

    for (; sent < BENCH_DISK_DEPTH; sent++)
        disk_put(disk, sent, DUET_DISK_READ, BENCH_DISK_OFFSET(sent), buffer[sent],
                 BENCH_DISK_BYTES);
    disk_publish(disk);
    while (taken < BENCH_DISK_READS) {
        completion = disk_take(disk);
        CHECK(completion.status == DUET_DISK_OK);
        taken++;
        if (sent < BENCH_DISK_READS) {
            disk_put(disk, completion.tag, DUET_DISK_READ, BENCH_DISK_OFFSET(sent),
                     buffer[completion.tag], BENCH_DISK_BYTES);
            sent++;
            if (ring_count(&disk->completions) == 0)
                disk_publish(disk);
        }
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static struct disk disk;

    (void)hart, (void)fdt;
    CHECK(disk_start(&disk, 0, &memory, BENCH_DISK_DEPTH).error == 0);
    report(TICKS_OF(1, read_all(&disk)), BENCH_DISK_READS);
}
