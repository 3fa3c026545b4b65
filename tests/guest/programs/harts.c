/* For the tests of the debugger: every hart calls the same function again and again, until one of
 * them is told to stop. */
#include "guest.h"

extern char _start[];
volatile uint64_t enough;
volatile uint64_t ticks[16];

/* Not inlined, nor merged with another function, so that a debugger can stop at it. */
__attribute__((noinline)) static void
tick(uint64_t hart)
{
    ticks[hart]++;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)fdt;
    if (hart == 0)
        for (uint64_t other = 1; other < 16; other++)
            sbi_call(SBI_HSM, SBI_HSM_START, other, (uint64_t)_start, 0);
    while (!enough)
        tick(hart);
    duet_power_off(enough);
}
