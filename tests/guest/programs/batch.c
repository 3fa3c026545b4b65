/* Writes 10,000 characters in one call, 100 lines of 100. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char text[10000];

    (void)hart, (void)fdt;
    for (unsigned i = 0; i < sizeof(text); i++)
        text[i] = i % 100 == 99 ? '\n' : (char)('!' + i % 90);
    CHECK(duet_console_write(text, sizeof(text)).value == sizeof(text));
    duet_power_off(0);
}
