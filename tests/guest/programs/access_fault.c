/* An access to an address where nothing is traps in the guest, and leaves all registers
 * unchanged. */
#include "guest.h"

#define HOLE 0x10000000ULL

static volatile uint64_t cause, tval, epc;

__attribute__((aligned(4), interrupt("supervisor"))) static void
on_trap(void)
{
    cause = csr_read(scause);
    tval = csr_read(stval);
    epc = csr_read(sepc);
    csr_write(sepc, epc + 4);
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t loaded, at;

    (void)hart, (void)fdt;
    csr_write(stvec, (uint64_t)on_trap);
    __asm__ volatile(".option push\n.option norvc\n"
                     "   li %0, 0x5a5a\n   la %1, 1f\n"
                     "1: ld %0, 0(%2)\n.option pop"
                     : "=&r"(loaded), "=&r"(at)
                     : "r"(HOLE));
    CHECK(cause == CAUSE_LOAD_ACCESS && tval == HOLE && epc == at);
    CHECK(loaded == 0x5a5a);
    __asm__ volatile(".option push\n.option norvc\n"
                     "   la %0, 1f\n"
                     "1: sw %1, 0(%1)\n.option pop"
                     : "=&r"(at)
                     : "r"(HOLE + 64));
    CHECK(cause == CAUSE_STORE_ACCESS && tval == HOLE + 64 && epc == at);
    /* Nothing is at page 0 either. */
    __asm__ volatile(".option push\n.option norvc\n"
                     "   la %0, 1f\n"
                     "1: sw zero, 16(zero)\n.option pop"
                     : "=&r"(at));
    CHECK(cause == CAUSE_STORE_ACCESS && tval == 16 && epc == at);
    __asm__ volatile(".option push\n.option norvc\n"
                     "   li %0, 0x5a5a\n   la %1, 1f\n"
                     "1: lw %0, 0(zero)\n.option pop"
                     : "=&r"(loaded), "=&r"(at));
    CHECK(cause == CAUSE_LOAD_ACCESS && tval == 0 && epc == at && loaded == 0x5a5a);
    duet_power_off(0);
}
