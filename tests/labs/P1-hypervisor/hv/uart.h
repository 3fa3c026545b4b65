/* The host's UART, a 16550, which carries the guest's console. */
#ifndef HV_UART_H
#define HV_UART_H

#include <stdbool.h>

/* OpenSBI has set the speed. */
void uart_init(void);

/* Waits until the UART takes the byte. Before the end of a line goes a carriage return, for a
 * terminal. */
void uart_write(char c);

/* Waits until all has gone out. */
void uart_drain(void);

/* Whether a byte has come that was not read. QEMU keeps those behind it. */
bool uart_has_input(void);

/* The next byte; only if uart_has_input(). */
char uart_read(void);

/* Whether the UART interrupts as long as it has input. */
void uart_interrupt_set(bool on);

#endif
