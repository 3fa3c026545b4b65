/* Has KVM account steal time (SBI 2.0 §16), and works until there is some: a millisecond. */
#include "guest.h"

static struct sbi_sta shared __attribute__((aligned(64)));

void
guest_main(uint64_t hart, uint64_t fdt)
{
    volatile const struct sbi_sta *sta = &shared;

    (void)hart, (void)fdt;
    CHECK(sbi_call(SBI_BASE, SBI_BASE_PROBE, SBI_STA, 0, 0).value == 1);
    CHECK(sbi_call(SBI_STA, SBI_STA_SET_SHMEM, (uint64_t)&shared, 0, 0).error == 0);
    while (sta->steal < 1000000)
        __asm__ volatile("fence");
    put("stolen\n");
    duet_power_off(0);
}
