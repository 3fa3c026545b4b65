/*
 * A vCPU's registers, through KVM_GET_ONE_REG and KVM_SET_ONE_REG. The vCPU must not be running,
 * and must be settled (vcpu_settle) after an exit that has a result to deliver.
 */
#ifndef DUET_VMM_REGS_H
#define DUET_VMM_REGS_H

#include <asm/kvm.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

/* Ids for the calls below; `name` is a member of the struct that asm/kvm.h names. */
#define REG_ID(type)     (KVM_REG_RISCV | KVM_REG_SIZE_U64 | (type))
#define REG_CORE(name)   REG_ID(KVM_REG_RISCV_CORE | KVM_REG_RISCV_CORE_REG(name))
#define REG_GPR(n)       REG_ID(KVM_REG_RISCV_CORE | (uint64_t)(n)) /* x1..x31; 0 is the pc */
#define REG_GUEST_PC     REG_GPR(0)
#define REG_CSR(name)    REG_ID(KVM_REG_RISCV_CSR | KVM_REG_RISCV_CSR_REG(name))
#define REG_CONFIG(name) REG_ID(KVM_REG_RISCV_CONFIG | KVM_REG_RISCV_CONFIG_REG(name))
#define REG_TIMER(name)  REG_ID(KVM_REG_RISCV_TIMER | KVM_REG_RISCV_TIMER_REG(name))
#define REG_SBI_EXT(n)   REG_ID(KVM_REG_RISCV_SBI_EXT | KVM_REG_RISCV_SBI_SINGLE | (uint64_t)(n))
/* Bit i: whether the guest has extension 64 * n + i of asm/kvm.h. */
#define REG_ISA_EXT_SET(n)                                                                         \
    REG_ID(KVM_REG_RISCV_ISA_EXT | KVM_REG_RISCV_ISA_MULTI_EN | (uint64_t)(n))

struct vcpu;

/* Completes the exit that KVM reported last: KVM delivers an exit's result, and moves the pc past
 * the instruction, at the next KVM_RUN only. The registers read and written from now on are those
 * that the guest goes on with. On the vCPU's own thread. */
void vcpu_settle(struct vcpu *vcpu);

/* Read and write register `id`, REG_...: 0, or -1 with errno set: ENOENT or EINVAL for a register
 * that this KVM does not have. */
int reg_get(int vcpu_fd, uint64_t id, uint64_t *value);
int reg_set(int vcpu_fd, uint64_t id, uint64_t value);

#endif
