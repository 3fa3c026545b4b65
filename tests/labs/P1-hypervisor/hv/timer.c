#include "hv/timer.h"

#include "abi/guest.h"
#include "hv/csr.h"

void
timer_set(uint64_t when)
{
    const uint64_t arg[6] = {when};

    csr_clear(CSR_HVIP, HVIP_VSTIP);
    csr_clear(CSR_SIE, 1 << IRQ_S_TIMER);
    if (when == UINT64_MAX)
        return;
    duet_ecall(SBI_TIME, SBI_TIME_SET, arg); /* OpenSBI's, which interrupts us */
    csr_set(CSR_SIE, 1 << IRQ_S_TIMER);
}

void
timer_interrupt(void)
{
    /* It stays pending until OpenSBI's timer is set again, and would interrupt the guest at once.
     */
    csr_clear(CSR_SIE, 1 << IRQ_S_TIMER);
    csr_set(CSR_HVIP, HVIP_VSTIP);
}
