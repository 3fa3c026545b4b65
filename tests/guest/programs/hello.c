/* Says hello and ends with status 7. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    put("hello\n");
    duet_power_off(7);
}
