/* Exceptions that duet raises: KVM's registers are a table here, and any access to one may fail. */
#include "tests/prove/prove.h"

#include <errno.h>

#include "common/riscv.h"
#include "vmm/guest/regs.h"
#include "vmm/guest/trap.h"
#include "vmm/machine/vm.h"

/* with: vmm/guest/trap.c */

/* Registers of the vCPU: 32 with the pc as the first, mode, and CSRs. */
enum { MODE = 32, STVEC, SSTATUS, SEPC, SCAUSE, STVAL, SATP, REGISTERS };
static uint64_t value[REGISTERS], settled[REGISTERS];
static bool may_fail;

static unsigned
register_of(uint64_t id)
{
    if (id == REG_CORE(mode))
        return MODE;
    if (id == REG_CSR(stvec))
        return STVEC;
    if (id == REG_CSR(sstatus))
        return SSTATUS;
    if (id == REG_CSR(sepc))
        return SEPC;
    if (id == REG_CSR(scause))
        return SCAUSE;
    if (id == REG_CSR(stval))
        return STVAL;
    if (id == REG_CSR(satp))
        return SATP;
    prove_check(id >= REG_GPR(0) && id < REG_GPR(X_COUNT), "a register that there is");
    return (unsigned)(id - REG_GPR(0));
}

int
reg_get(int vcpu_fd, uint64_t id, uint64_t *to)
{
    (void)vcpu_fd;
    if (may_fail && prove_bool("KVM_GET_ONE_REG fails"))
        return -1;
    *to = value[register_of(id)];
    return 0;
}

int
reg_set(int vcpu_fd, uint64_t id, uint64_t to)
{
    (void)vcpu_fd;
    if (may_fail && prove_bool("KVM_SET_ONE_REG fails"))
        return -1;
    value[register_of(id)] = to;
    return 0;
}

/* KVM ends the MMIO: it writes a register, and the pc. */
void
vcpu_settle(struct vcpu *vcpu)
{
    unsigned loaded = (unsigned)prove_below("the load's register", X_COUNT);

    (void)vcpu;
    if (loaded)
        value[loaded] = prove_u64("what was loaded");
    value[0] += prove_bool("a compressed instruction") ? 2 : 4;
}

static void
any_registers(void)
{
    prove_fill("registers", value, sizeof(value));
    prove_assume(value[MODE] == KVM_RISCV_MODE_S || value[MODE] == KVM_RISCV_MODE_U);
    for (unsigned n = 0; n < REGISTERS; n++)
        settled[n] = value[n];
}

/* Privileged 1.12 §4.1.1, §4.1.7 to §4.1.9: the state after a trap into S-mode. */
static void
check_trapped(uint64_t pc, uint64_t cause, uint64_t tval)
{
    uint64_t was = settled[SSTATUS], is = value[SSTATUS];

    prove_check(value[SEPC] == pc && value[SCAUSE] == cause && value[STVAL] == tval,
                "sepc, scause and stval say what happened");
    prove_check(value[MODE] == KVM_RISCV_MODE_S, "it is in S-mode");
    prove_check(value[0] == settled[STVEC] / 4 * 4, "at stvec's base, also where it is vectored");
    prove_check(!(is & 1 << 1), "SIE is 0");
    prove_check((is >> 5 & 1) == (was >> 1 & 1), "SPIE is what SIE was");
    prove_check((is >> 8 & 1) == (settled[MODE] == KVM_RISCV_MODE_S), "SPP is the mode before");
    prove_check(((is ^ was) & ~(uint64_t)0x122) == 0, "nothing else of sstatus changed");
}

PROVE(trap_raise, 40, QUICK)
{
    static struct vcpu vcpu;
    uint64_t pc = prove_u64("pc"), cause = prove_below("cause", 16), tval = prove_u64("tval");
    unsigned any = 1 + (unsigned)prove_below("any register - 1", X_COUNT - 1);

    any_registers();
    prove_check(trap_raise(&vcpu, pc, cause, tval) == 0, "it is raised");
    check_trapped(pc, cause, tval);
    prove_check(value[any] == settled[any] && value[STVEC] == settled[STVEC] &&
                    value[SATP] == settled[SATP],
                "all other registers are as they were");
}

PROVE(trap_raise_fails, 40, QUICK)
{
    static struct vcpu vcpu;

    any_registers();
    may_fail = true;
    if (trap_raise(&vcpu, 0x80200000, CAUSE_ILLEGAL, 0) == 0)
        check_trapped(0x80200000, CAUSE_ILLEGAL, 0);
}

PROVE(trap_access_fault, 40, LONG)
{
    static struct vcpu vcpu;
    bool is_store = prove_bool("is_store");
    uint64_t gpa = prove_u64("gpa");
    unsigned any = 1 + (unsigned)prove_below("any register - 1", X_COUNT - 1);

    any_registers();
    prove_check(trap_access_fault(&vcpu, is_store, gpa) == 0, "it is raised");
    check_trapped(settled[0], is_store ? 7 : 5, settled[SATP] >> 60 ? 0 : gpa);
    prove_check(value[any] == settled[any], "the load has not happened");
}
