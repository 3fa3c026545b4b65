/* Guest accesses to where nothing is, and traps that the guest has no handler for. */
#include "vmm/guest/trap.h"

#include <linux/kvm.h>
#include <string.h>

#include "abi/memory.h"
#include "common/riscv.h"
#include "vmm/guest/regs.h"
#include "vmm/machine/vm.h"
#include "vmm/report/crash.h"
#include "vmm/trace/trace_exit.h"

/* Where the trap page's code stores to, in the page itself: read-only, so the store comes out as
 * MMIO. Reachable from register zero, so that no register of the guest's is lost. */
#define TRAP_REPORT 0x10

_Alignas(PAGE_SIZE) const uint32_t trap_page[DUET_TRAP_PAGE_SIZE / sizeof(uint32_t)] = {
    0x00002823, /* sw zero, TRAP_REPORT(zero) */
    0x0000006f, /* j . */
};

int
trap_raise(struct vcpu *vcpu, uint64_t pc, uint64_t cause, uint64_t value)
{
    uint64_t mode, stvec, sstatus, entered;

    if (reg_get(vcpu->fd, REG_CORE(mode), &mode) || reg_get(vcpu->fd, REG_CSR(stvec), &stvec) ||
        reg_get(vcpu->fd, REG_CSR(sstatus), &sstatus))
        return -1;
    entered = sstatus & ~(uint64_t)(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
    if (mode == KVM_RISCV_MODE_S)
        entered |= SSTATUS_SPP;
    if (sstatus & SSTATUS_SIE)
        entered |= SSTATUS_SPIE;
    if (reg_set(vcpu->fd, REG_CSR(sepc), pc) || reg_set(vcpu->fd, REG_CSR(scause), cause) ||
        reg_set(vcpu->fd, REG_CSR(stval), value) || reg_set(vcpu->fd, REG_CSR(sstatus), entered) ||
        reg_set(vcpu->fd, REG_CORE(mode), KVM_RISCV_MODE_S) ||
        reg_set(vcpu->fd, REG_GUEST_PC, stvec & ~3ULL))
        return -1;
    return 0;
}

/* Raises exception `cause` at the load or store that the exit was for. 0, or -1 with errno set. */
static int
access_fault(struct vcpu *vcpu, uint64_t cause, uint64_t gpa)
{
    uint64_t x[32], satp;

    /* Settling writes the load's register and moves the pc behind the instruction: undone here. */
    for (unsigned n = 0; n < 32; n++)
        if (reg_get(vcpu->fd, REG_GPR(n), &x[n]))
            return -1;
    vcpu_settle(vcpu);
    for (unsigned n = 1; n < 32; n++)
        if (reg_set(vcpu->fd, REG_GPR(n), x[n]))
            return -1;
    if (reg_get(vcpu->fd, REG_CSR(satp), &satp))
        return -1;
    /* stval takes a virtual address, which KVM does not tell; 0 is the allowed "not known". */
    return trap_raise(vcpu, x[0], cause, satp >> SATP_MODE_SHIFT ? 0 : gpa);
}

void
trap_mmio(struct vcpu *vcpu)
{
    uint64_t gpa = vcpu->run->mmio.phys_addr;
    bool store = vcpu->run->mmio.is_write;
    unsigned len = vcpu->run->mmio.len;
    uint64_t pc = ~0ULL, data = 0;
    const char *outcome = "access fault";

    memcpy(&data, vcpu->run->mmio.data, sizeof(data));
    if (store && gpa == DUET_TRAP_PAGE_BASE + TRAP_REPORT &&
        reg_get(vcpu->fd, REG_GUEST_PC, &pc) == 0 && pc == DUET_TRAP_PAGE_BASE) {
        crash_report_trap(vcpu);
        outcome = "trap without a handler";
    } else if (access_fault(vcpu, store ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS, gpa)) {
        crash_report(vcpu, "access to guest physical address 0x%llx, where nothing is",
                     (unsigned long long)gpa);
        outcome = "access fault that KVM refused";
    }
    if (vcpu->vm->trace)
        trace_mmio(vcpu, gpa, len, store, data, outcome);
}
