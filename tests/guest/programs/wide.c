/* Selects 128-bit registers for user mode, which QEMU offers, and ends. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    (void)fdt;
    csr_write(sstatus, csr_read(sstatus) | SSTATUS_UXL);
    duet_power_off(0);
}
