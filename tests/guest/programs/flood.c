/* Fills the console and the log for ever. */
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
