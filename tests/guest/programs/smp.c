/* Starts every hart by HSM (SBI 2.0 §9), lets each count, and stops them. */
#include "guest.h"

extern char _start[];
static volatile uint64_t started;

static void
hart_main(uint64_t hart, uint64_t opaque)
{
    CHECK(opaque == 1000 + hart);
    CHECK(csr_read(satp) == 0 && (csr_read(sstatus) & SSTATUS_SIE) == 0);
    for (unsigned i = 0; i < 100; i++)
        duet_null();
    __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t harts = 1;

    if (hart != 0)
        hart_main(hart, fdt);
    while (sbi_call(SBI_HSM, SBI_HSM_START, harts, (uint64_t)_start, 1000 + harts).error == 0)
        harts++;
    while (started < harts - 1)
        __asm__ volatile("fence");
    put_number((int64_t)harts);
    put(" harts\n");
    duet_power_off(0);
}
