/* Does what is typed: 'r' resets, 's' resets from hart 1, 'f' shuts down as a failure; the end of
 * the input shuts down. After each reset everything must be as at the beginning. */
#include "guest.h"

#define LEFT_OVER (DUET_RAM_BASE + (8UL << 20))

extern char _start[];

static void
reset(uint64_t type, uint64_t reason)
{
    *(volatile uint64_t *)LEFT_OVER = 1;
    sbi_call(SBI_SRST, SBI_SRST_RESET, type, reason, 0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static int count; /* in .data of the image: 0 again after a true reset */
    struct duet_ret ret;
    char byte = 0;

    (void)fdt;
    if (hart == 1)
        reset(SBI_SRST_WARM_REBOOT, SBI_SRST_REASON_NONE);
    CHECK(count++ == 0);
    CHECK(*(volatile uint64_t *)LEFT_OVER == 0);
    CHECK(csr_read(satp) == 0 && csr_read(sie) == 0 && csr_read(stvec) == 0);
    csr_write(stvec, _start);
    csr_write(sie, 1UL << IRQ_S_EXT);
    put("boot\n");
    do
        ret = duet_console_read(&byte, 1);
    while (ret.error == 0 && ret.value == 0);
    if (ret.error == 0 && byte == 'r')
        reset(SBI_SRST_COLD_REBOOT, SBI_SRST_REASON_NONE);
    if (ret.error == 0 && byte == 's') {
        CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0).error == 0);
        for (;;)
            __asm__ volatile("wfi");
    }
    reset(SBI_SRST_SHUTDOWN, byte == 'f' ? SBI_SRST_REASON_FAILURE : SBI_SRST_REASON_NONE);
}
