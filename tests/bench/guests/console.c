/* Times console output, BENCH_CONSOLE_BYTES in one call. */
#include "bench_guest.h"

static char text[BENCH_CONSOLE_BYTES];

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    for (unsigned i = 0; i < sizeof(text); i++)
        text[i] = i % 80 == 79 ? '\n' : '.';
    report(TICKS_OF(BENCH_CONSOLE_ROUNDS, DUET_OR_SBI(duet_console_write(text, sizeof(text)),
                                                      print_bytes(text, sizeof(text)))),
           BENCH_CONSOLE_ROUNDS);
}
