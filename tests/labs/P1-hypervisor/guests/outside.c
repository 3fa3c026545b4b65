/*
 * Uses one address, and reports if that did not end the machine.
 *
 * seed: the address, or an offset from the end of RAM; 1 for that; 1 to store, 2 to go there
 */
#include "probe.h"

PROBE_DEFINE(seed);

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t address = seed[0] + (seed[1] ? ram_end(fdt) : 0);

    (void)hart;
    if (seed[2] == 2)
        ((void (*)(void))address)();
    else if (seed[2] == 1)
        *(volatile uint32_t *)address = 0x5555;
    else
        (void)*(volatile uint32_t *)address;
    report(1, 1);
}
