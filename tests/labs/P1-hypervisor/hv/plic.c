#include "hv/plic.h"

#include "hv/host.h"

/* Registers of 4 bytes, by their index; PLIC 1.0 §3 */
#define PRIORITY(irq)        (irq)
#define ENABLE(context, irq) ((0x2000 + 0x80 * (context)) / 4 + (irq) / 32)
#define THRESHOLD(context)   ((0x200000 + 0x1000 * (context)) / 4)
#define CLAIM(context)       (THRESHOLD(context) + 1)

/* On QEMU's virt each hart has two contexts, of M-mode and of S-mode. */
static uint64_t
context(void)
{
    return 2 * host.hart + 1;
}

void
plic_init(uint32_t irq)
{
    host.plic[PRIORITY(irq)] = 1;
    host.plic[ENABLE(context(), irq)] = UINT32_C(1) << irq % 32;
    host.plic[THRESHOLD(context())] = 0;
}

uint32_t
plic_claim(void)
{
    return host.plic[CLAIM(context())];
}

void
plic_complete(uint32_t irq)
{
    host.plic[CLAIM(context())] = irq;
}
