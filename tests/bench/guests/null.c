/* Times null hypercalls, or debug console writes of no bytes. */
#include "bench_guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    report(TICKS_OF(BENCH_ROUNDS, DUET_OR_SBI(duet_null(), print_bytes(NULL, 0))), BENCH_ROUNDS);
}
