#include "hv/event.h"

#include "hv/csr.h"
#include "hv/hypercall.h"
#include "hv/uart.h"

static uint64_t enabled; /* what the guest has chosen */

static uint64_t
events_pending(void)
{
    return uart_has_input() ? DUET_EVENT_CONSOLE : 0;
}

void
events_update(void)
{
    uint64_t pending = events_pending();

    if (pending & enabled)
        csr_set(CSR_HVIP, HVIP_VSEIP);
    else
        csr_clear(CSR_HVIP, HVIP_VSEIP);
    /* As long as there is input the UART has nothing new to tell, and would interrupt for ever. */
    uart_interrupt_set(!pending);
}

struct sbi_ret
hc_event_select(struct vcpu *vcpu, uint64_t chosen)
{
    (void)vcpu;
    enabled = chosen;
    events_update();
    return sbi_value(events_pending());
}
