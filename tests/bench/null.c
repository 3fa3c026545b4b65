/* A guest that times null hypercalls as floor.c's does, and prints what one takes, in ticks of the
 * clock for all of them. */
#include "bench.h"
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t before = 0, after = 0;

    (void)hart, (void)fdt;
    for (unsigned turn = 0; turn < 2; turn++) {
        before = csr_read(time);
        for (unsigned i = 0; i < BENCH_ROUNDS; i++)
            duet_null();
        after = csr_read(time);
    }
    put_number((int64_t)(after - before));
    put("\n");
    duet_power_off(0);
}
