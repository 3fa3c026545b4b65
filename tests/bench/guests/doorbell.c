/* Times stores to the doorbell of disk 0, which has no queue: nobody looks at what was put. */
#include "bench_guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    report(TICKS_OF(BENCH_ROUNDS, *(volatile uint32_t *)(uint64_t)DUET_DOORBELL(0) = 0),
           BENCH_ROUNDS);
}
