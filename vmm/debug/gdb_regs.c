/* A hart's registers as gdb numbers them, through KVM. */
#include "vmm/debug/gdb_regs.h"

#include "vmm/guest/regs.h"

#define FCSR_FLAGS     0x1f
#define FCSR_FRM_SHIFT 5
#define FCSR_FRM       0x7

/* KVM's id of gdb's register `number`. fflags and frm are parts of fcsr. */
static uint64_t
reg_id(unsigned number)
{
#define GDB_CSR_ID_(name, csr) [GDB_REG_##name - GDB_REG_FCSR - 1] = REG_CSR(name),
    static const uint64_t csr[] = {GDB_CSRS(GDB_CSR_ID_)};

    if (number < GDB_REG_PC)
        return REG_GPR(number);
    if (number == GDB_REG_PC)
        return REG_GUEST_PC;
    if (number < GDB_REG_FFLAGS)
        return REG_ID(KVM_REG_RISCV_FP_D) | (number - GDB_REG_F0);
    if (number <= GDB_REG_FCSR)
        return KVM_REG_RISCV | KVM_REG_SIZE_U32 | KVM_REG_RISCV_FP_D | 32;
    if (number == GDB_REG_PRIV)
        return REG_CORE(mode);
    return csr[number - GDB_REG_FCSR - 1];
}

bool
gdb_reg_get(int vcpu_fd, unsigned number, uint64_t *value)
{
    *value = 0; /* x0 whole, and the upper half of a register that holds 32 bits */
    if (number == GDB_REG_X0)
        return true;
    if (number >= GDB_REGS || reg_get(vcpu_fd, reg_id(number), value))
        return false;
    if (number == GDB_REG_FFLAGS)
        *value &= FCSR_FLAGS;
    else if (number == GDB_REG_FRM)
        *value = *value >> FCSR_FRM_SHIFT & FCSR_FRM;
    return true;
}

bool
gdb_reg_set(int vcpu_fd, unsigned number, uint64_t value)
{
    uint64_t fcsr;

    if (number == GDB_REG_X0)
        return true; /* as the hardware does */
    if (number >= GDB_REGS)
        return false;
    if (number == GDB_REG_FFLAGS || number == GDB_REG_FRM) {
        if (!gdb_reg_get(vcpu_fd, GDB_REG_FCSR, &fcsr))
            return false;
        value = number == GDB_REG_FRM ? (fcsr & FCSR_FLAGS) | (value & FCSR_FRM) << FCSR_FRM_SHIFT
                                      : (fcsr & ~(uint64_t)FCSR_FLAGS) | (value & FCSR_FLAGS);
    }
    return reg_set(vcpu_fd, reg_id(number), value) == 0;
}
