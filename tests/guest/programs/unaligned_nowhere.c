/* Loads from a misaligned address where nothing is. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    __asm__ volatile(".option push\n.option norvc\n ld t0, 0(%0)\n.option pop" ::"r"(0x10000001)
                     : "t0");
}
