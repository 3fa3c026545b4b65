/* The host's interrupt controller (RISC-V PLIC 1.0), for the one device that interrupts us. */
#ifndef HV_PLIC_H
#define HV_PLIC_H

#include <stdint.h>

/* From now on `irq` is an external interrupt of our hart, and no other is. */
void plic_init(uint32_t irq);

/* Which one interrupts; 0: none. It does not come again before plic_complete(). */
uint32_t plic_claim(void);
void plic_complete(uint32_t irq);

#endif
