#include "hv/vcpu.h"

#include <stddef.h>

#define VCPU_ASSERT(field, offset)                                                                 \
    _Static_assert(offsetof(struct vcpu, field) == (offset), "vcpu.h")
VCPU_ASSERT(pc, VCPU_PC);
VCPU_ASSERT(sstatus, VCPU_SSTATUS);
VCPU_ASSERT(hstatus, VCPU_HSTATUS);
VCPU_ASSERT(scause, VCPU_SCAUSE);
VCPU_ASSERT(stval, VCPU_STVAL);
VCPU_ASSERT(htval, VCPU_HTVAL);
VCPU_ASSERT(host_sp, VCPU_HOST_SP);

/* Exceptions that a guest's kernel serves itself: all that a hart without the extension has, but
 * for the ecall from its S-mode, which has a number of its own. */
#define DELEGATED                                                                                  \
    (1 << CAUSE_FETCH_MISALIGNED | 1 << CAUSE_FETCH_ACCESS | 1 << CAUSE_ILLEGAL |                  \
     1 << CAUSE_BREAKPOINT | 1 << CAUSE_LOAD_MISALIGNED | 1 << CAUSE_LOAD_ACCESS |                 \
     1 << CAUSE_STORE_MISALIGNED | 1 << CAUSE_STORE_ACCESS | 1 << CAUSE_ECALL_U |                  \
     1 << CAUSE_FETCH_PAGE_FAULT | 1 << CAUSE_LOAD_PAGE_FAULT | 1 << CAUSE_STORE_PAGE_FAULT)

void
vcpu_init(struct vcpu *vcpu, uint64_t pc, uint64_t tree)
{
    *vcpu = (struct vcpu){
        .pc = pc,
        .x[X_A0] = 0,
        .x[X_A1] = tree,
        /* The guest has floating point only while the hypervisor has it, too (§8.2.11). Interrupts
         * of the hypervisor's are off while it runs itself, and on while the guest runs. */
        .sstatus =
            (csr_read(CSR_SSTATUS) & ~(uint64_t)SSTATUS_SIE) | SSTATUS_SPP | SSTATUS_FS_DIRTY,
        .hstatus = csr_read(CSR_HSTATUS) | HSTATUS_SPV | HSTATUS_SPVP,
    };
    csr_write(CSR_HEDELEG, DELEGATED);
    csr_write(CSR_HIDELEG, HVIP_VSSIP | HVIP_VSTIP | HVIP_VSEIP);
    csr_write(CSR_HVIP, 0);
    csr_write(CSR_HCOUNTEREN, SCOUNTEREN_TM);
    csr_write(CSR_HTIMEDELTA, 0);
    csr_write(CSR_VSSTATUS, SSTATUS_UXL_64);
    csr_write(CSR_VSIE, 0);
    csr_write(CSR_VSTVEC, 0);
    csr_write(CSR_VSATP, 0);
    fence_guest();
    csr_write(CSR_SIE, 1 << IRQ_S_EXT); /* the timer is hv/timer.c's */
}

void
vcpu_trap(struct vcpu *vcpu, uint64_t cause, uint64_t value)
{
    uint64_t status = csr_read(CSR_VSSTATUS);
    uint64_t from_supervisor = vcpu->sstatus & SSTATUS_SPP;

    csr_write(CSR_VSEPC, vcpu->pc);
    csr_write(CSR_VSCAUSE, cause);
    csr_write(CSR_VSTVAL, value);
    /* SPP is where it came from, SPIE is what SIE was, SIE is off (§4.1.1). */
    status &= ~(uint64_t)(SSTATUS_SPP | SSTATUS_SPIE);
    status |= from_supervisor | (status & SSTATUS_SIE ? SSTATUS_SPIE : 0);
    csr_write(CSR_VSSTATUS, status & ~(uint64_t)SSTATUS_SIE);
    vcpu->sstatus |= SSTATUS_SPP;
    vcpu->pc = csr_read(CSR_VSTVEC) & ~UINT64_C(3);
}
