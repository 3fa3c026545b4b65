/* Instruction fetches from addresses where nothing is. KVM has no exit for them: KVM_RUN fails, and
 * can be called again. */
#include "vmm/device/fetch_fault.h"

#include <stdatomic.h>
#include <stdint.h>

#include "common/riscv.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/page_walk.h"
#include "vmm/guest/regs.h"
#include "vmm/guest/trap.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/trace_exit.h"

/* How many of them become faults of the guest in one run of duet. KVM writes four lines to the
 * host's log for each, and a guest must not be able to fill that log. */
#define FAULTS_MAX 256

static atomic_uint faults;

static bool
is_nowhere(const struct vcpu *vcpu, uint64_t satp, uint64_t pc)
{
    const struct guest_mem *mem = &vcpu->vm->mem;
    uint64_t gpa;

    return page_walk(mem, satp, pc, &gpa) && !guest_mem_slice(mem, gpa, 2);
}

/* Whether the hart has ever trapped: all of these CSRs are 0 at the start. */
static bool
has_trapped(const struct vcpu *vcpu)
{
    uint64_t scause = 0, sepc = 0, stval = 0, sstatus = 0;

    reg_get(vcpu->fd, REG_CSR(scause), &scause);
    reg_get(vcpu->fd, REG_CSR(sepc), &sepc);
    reg_get(vcpu->fd, REG_CSR(stval), &stval);
    reg_get(vcpu->fd, REG_CSR(sstatus), &sstatus);
    return scause || sepc || stval || sstatus & SSTATUS_SPP;
}

bool
fetch_fault_serve(struct vcpu *vcpu)
{
    uint64_t pc, at, satp, stvec;

    if (reg_get(vcpu->fd, REG_GUEST_PC, &pc) || reg_get(vcpu->fd, REG_CSR(satp), &satp) ||
        reg_get(vcpu->fd, REG_CSR(stvec), &stvec))
        return false;
    at = pc;
    if (!is_nowhere(vcpu, satp, at)) {
        at += 2; /* the rest of an instruction that crosses into the next page */
        if (at % PAGE_SIZE || !is_nowhere(vcpu, satp, at))
            return false;
    }
    if (stvec && pc == (stvec & ~3ULL))
        vcpu_died(vcpu, &(struct death){.cause = DEATH_HANDLER_NOWHERE, .address = pc});
    else if (!(pc == 0 && stvec == 0 && has_trapped(vcpu)) && /* a trap led to this address */
             (atomic_fetch_add(&faults, 1) >= FAULTS_MAX ||
              trap_raise(vcpu, pc, CAUSE_FETCH_ACCESS, at)))
        return false;
    else if (stvec == 0)
        vcpu_died(vcpu, &(struct death){.cause = DEATH_NO_HANDLER});
    if (vcpu->vm->trace)
        trace_exit(vcpu, "fetch from where nothing is", stvec ? "access fault" : "no handler");
    return true;
}
