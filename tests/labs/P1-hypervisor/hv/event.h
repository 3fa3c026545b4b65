/*
 * Events (abi/README.md): what raises the guest's external interrupt. There is one, input at the
 * console. It needs no buffer here: the UART keeps the bytes.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

/* Looks at the causes again, sets the guest's external interrupt by it, and has the UART interrupt
 * the host if nothing is pending. To be called when the UART interrupts, and when input was taken.
 */
void events_update(void);

#endif
