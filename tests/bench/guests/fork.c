/* Prints a byte, and has itself copied. The copy prints one with its next instructions. Both sleep
 * for good then: what watches them ends the VMM. */
#include "bench_guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_ret fork;

    (void)hart, (void)fdt;
    print_bytes("\n", 1);
    fork = duet_fork(1);
    if (fork.error)
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_REASON_FAILURE, 0);
    if (fork.value)
        print_bytes("\n", 1);
    for (;;)
        __asm__ volatile("wfi");
}
