/* Says that it runs, and never ends. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    put("running\n");
    for (;;)
        __asm__ volatile("");
}
