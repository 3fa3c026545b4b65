/* Times a request to disk 0 that comes back without I/O: both sides sleep in between, and are
 * woken. */
#include "bench_guest.h"
#include "tests/guest/programs/disk.h"

#define NO_OPERATION 0xffff

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static struct disk_memory memory;
    static struct disk disk;

    (void)hart, (void)fdt;
    CHECK(disk_start(&disk, 0, &memory, 1).error == 0);
    report(TICKS_OF(BENCH_ROUNDS,
                    CHECK(disk_do(&disk, NO_OPERATION, 0, NULL, 0) == DUET_DISK_INVALID)),
           BENCH_ROUNDS);
}
