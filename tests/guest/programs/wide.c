/* Asks for user mode with registers of 128 bits, which QEMU has, and ends. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    (void)fdt;
    csr_write(sstatus, csr_read(sstatus) | SSTATUS_UXL);
    duet_power_off(0);
}
