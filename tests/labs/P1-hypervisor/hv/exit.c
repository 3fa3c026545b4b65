#include "hv/exit.h"

#include <stdarg.h>
#include <stdbool.h>

#include "hv/event.h"
#include "hv/gstage.h"
#include "hv/guest_mem.h"
#include "hv/host.h"
#include "hv/plic.h"
#include "hv/print.h"
#include "hv/sbi.h"
#include "hv/timer.h"
#include "toyos/lib/format.h"

_Noreturn void
guest_died(const struct vcpu *vcpu, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    format_buffer(text, sizeof(text), fmt, args);
    va_end(args);
    say("the guest died: %s", text);
    say("  pc 0x%lx, scause 0x%lx, stval 0x%lx", vcpu->pc, vcpu->scause, vcpu->stval);
    for (unsigned n = 1; n < X_COUNT; n++)
        say("  %s 0x%lx", riscv_register_name(n), vcpu->x[n]);
    machine_end(STATUS_DIED);
}

/* Guest-page faults, §8.5.2: the guest used an address of its own that leads nowhere. */
static void
fault_serve(struct vcpu *vcpu)
{
    /* Where a walk of the guest's own tables faulted, htval is the entry's address; elsewhere the
     * two lowest bits are stval's. For the page it is the same. */
    uint64_t gpa = vcpu->htval << 2 | (vcpu->stval & 3);

    if (!guest_mem_has(gpa, 1))
        guest_died(vcpu, "it used the physical address 0x%lx, where nothing is", gpa);
    gstage_page(gpa);
    if (vcpu->scause == CAUSE_FETCH_GUEST_FAULT)
        fence_instructions();
}

static void
external_interrupt_serve(void)
{
    uint32_t irq = plic_claim();

    if (irq == host.uart_irq)
        events_update();
    if (irq)
        plic_complete(irq);
}

void
exit_serve(struct vcpu *vcpu)
{
    switch (vcpu->scause) {
    case SCAUSE_INTERRUPT | IRQ_S_TIMER:
        timer_interrupt();
        break;
    case SCAUSE_INTERRUPT | IRQ_S_EXT:
        external_interrupt_serve();
        break;
    case CAUSE_ECALL_VS:
        vcpu->pc += 4; /* behind the ecall, which has no short form */
        sbi_serve(vcpu);
        break;
    case CAUSE_FETCH_GUEST_FAULT:
    case CAUSE_LOAD_GUEST_FAULT:
    case CAUSE_STORE_GUEST_FAULT:
        fault_serve(vcpu);
        break;
    case CAUSE_VIRTUAL_INSTRUCTION: /* what its S-mode may not do, as it has no extension H */
        vcpu_trap(vcpu, CAUSE_ILLEGAL, vcpu->stval);
        break;
    default:
        guest_died(vcpu, "a trap that it cannot have caused");
    }
}
