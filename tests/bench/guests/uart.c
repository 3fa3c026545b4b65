/* Times output by the serial port of QEMU's machine `virt`: a store a character. */
#include "bench_guest.h"

#define THR ((volatile uint8_t *)0x10000000)

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t ticks;

    (void)hart, (void)fdt;
    ticks = TICKS_OF(BENCH_UART_ROUNDS, *THR = '.');
    *THR = '\n';
    report(ticks, BENCH_UART_ROUNDS);
}
