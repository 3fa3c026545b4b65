/* Writes to the console and to the log without end. */
#include "guest.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char text[4000];

    (void)hart, (void)fdt;
    for (unsigned i = 0; i < sizeof(text); i++)
        text[i] = 'x';
    for (;;)
        duet_console_write(text, sizeof(text));
}
