/* Times how long it is stopped to be saved. */
#include "bench_guest.h"

static uint64_t failed;

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t ticks;

    (void)hart, (void)fdt;
    ticks = TICKS_OF(BENCH_SAVES, failed |= (uint64_t)duet_save().error);
    if (failed)
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_REASON_FAILURE, 0);
    report(ticks, BENCH_SAVES);
}
