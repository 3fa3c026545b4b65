/* Prints a byte, and has itself copied. The copy prints one with its next instructions. Both sleep
 * for good then: what watches them ends the VMM. The profile knows its functions by their names. */
#include "bench_guest.h"

__attribute__((noinline)) static struct duet_ret
copy_begin(void)
{
    return duet_fork(1);
}

__attribute__((noinline)) static void
copy_run(void)
{
    print_bytes("\n", 1);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_ret fork;

    (void)hart, (void)fdt;
    print_bytes("\n", 1);
    fork = copy_begin();
    if (fork.error)
        sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_REASON_FAILURE, 0);
    if (fork.value)
        copy_run();
    for (;;)
        __asm__ volatile("wfi");
}
