#include "hv/uart.h"

#include <stdint.h>

#include "hv/host.h"

/* Registers of a 16550, a byte each */
enum {
    DATA = 0,
    INTERRUPT_ENABLE = 1,
    FIFO_CONTROL = 2,
    LINE_STATUS = 5,
};
#define ENABLE_INPUT    0x01
#define FIFO_ON         0x01
#define STATUS_INPUT    0x01
#define STATUS_TAKES    0x20
#define STATUS_ALL_SENT 0x40

void
uart_init(void)
{
    host.uart[INTERRUPT_ENABLE] = 0;
    host.uart[FIFO_CONTROL] = FIFO_ON;
}

void
uart_write(char c)
{
    if (c == '\n')
        uart_write('\r');
    while (!(host.uart[LINE_STATUS] & STATUS_TAKES))
        ;
    host.uart[DATA] = (uint8_t)c;
}

void
uart_drain(void)
{
    while (!(host.uart[LINE_STATUS] & STATUS_ALL_SENT))
        ;
}

bool
uart_has_input(void)
{
    return host.uart[LINE_STATUS] & STATUS_INPUT;
}

char
uart_read(void)
{
    return (char)host.uart[DATA];
}

void
uart_interrupt_set(bool on)
{
    host.uart[INTERRUPT_ENABLE] = on ? ENABLE_INPUT : 0;
}
