/* Traps that the guest has no handler for. */
#include "vmm/device/trap_page.h"

#include "common/riscv.h"
#include "vmm/guest/regs.h"
#include "vmm/machine/vcpu.h"
#include "vmm/report/crash.h"

/* Where the code stores to. Reachable from register zero, so that no register of the guest's is
 * lost. */
#define TRAP_REPORT 0x10

_Alignas(PAGE_SIZE) const uint32_t trap_page[DUET_TRAP_PAGE_SIZE / sizeof(uint32_t)] = {
    0x00002823, /* sw zero, TRAP_REPORT(zero) */
    0x0000006f, /* j . */
};

/* The store is the page's own only if its code made it: any other access finds nothing here. */
static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    uint64_t pc;

    (void)device;
    if (!access->is_store || access->offset != TRAP_REPORT ||
        reg_get(vcpu->fd, REG_GUEST_PC, &pc) || pc != DUET_TRAP_PAGE_BASE)
        return false;
    crash_report_trap(vcpu);
    access->outcome = "trap without a handler";
    return true;
}

const struct bus_range trap_page_range = {
    .base = DUET_TRAP_PAGE_BASE,
    .size = DUET_TRAP_PAGE_SIZE,
    .serve = serve,
};
