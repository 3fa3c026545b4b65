/* Has itself saved, and ends. What is restored prints a byte with its first instructions, then
 * sleeps for good: what watches it ends the VMM. */
#include "bench_guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_ret saved = duet_save();

    (void)hart, (void)fdt;
    if (saved.error || saved.value == 0)
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN,
                 saved.error ? SBI_SRST_REASON_FAILURE : SBI_SRST_REASON_NONE, 0);
    print_bytes("\n", 1);
    for (;;)
        __asm__ volatile("wfi");
}
