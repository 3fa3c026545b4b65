/* Stores to where nothing is before it has a trap handler, after a hypercall. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    put("about to die\n");
    *(volatile uint32_t *)0x10000008 = 1;
}
