/* Exceptions that the VMM raises in the guest. */
#include "vmm/guest/trap.h"

#include "common/riscv.h"
#include "vmm/guest/regs.h"
#include "vmm/machine/vm.h"

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

int
trap_access_fault(struct vcpu *vcpu, bool is_store, uint64_t gpa)
{
    uint64_t cause = is_store ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS;
    uint64_t x[X_COUNT], satp;

    /* KVM writes the load's register and moves the pc behind the instruction when the exit is
     * settled. Both are undone here. */
    for (unsigned n = 0; n < X_COUNT; n++)
        if (reg_get(vcpu->fd, REG_GPR(n), &x[n]))
            return -1;
    vcpu_settle(vcpu);
    for (unsigned n = 1; n < X_COUNT; n++)
        if (reg_set(vcpu->fd, REG_GPR(n), x[n]))
            return -1;
    if (reg_get(vcpu->fd, REG_CSR(satp), &satp))
        return -1;
    /* stval would be a virtual address, which KVM does not tell. The value 0, "not known", is
     * allowed. */
    return trap_raise(vcpu, x[0], cause, satp >> SATP_MODE_SHIFT ? 0 : gpa);
}
