/* One hart ends the machine while the others spin in guest code or sleep in WFI. */
#include "guest.h"

extern char _start[];
static volatile uint64_t started;

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)fdt;
    if (hart != 0) {
        __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
        for (;;)
            if (hart % 2)
                __asm__ volatile("wfi");
    }
    for (uint64_t other = 1; other < 4; other++)
        sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0);
    while (started < 3)
        __asm__ volatile("fence");
    duet_power_off(5);
}
