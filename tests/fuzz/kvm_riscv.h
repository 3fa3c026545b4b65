/* What the kernel's headers have only for RISC-V, for the files that need it, on another PC. */
#ifndef DUET_TESTS_KVM_RISCV_H
#define DUET_TESTS_KVM_RISCV_H

#include <linux/kvm.h>

#ifndef KVM_INTERRUPT_SET
#define KVM_INTERRUPT_SET   -1U
#define KVM_INTERRUPT_UNSET -2U
#endif

#ifndef __riscv
#define KVM_RISCV_SBI_EXT_DBCN 9

/* Registers; only that their numbers differ matters. */
#define KVM_REG_RISCV_CONFIG (1UL << 24)
#define KVM_REG_RISCV_CORE   (2UL << 24)
#define KVM_REG_RISCV_CSR    (3UL << 24)
#define KVM_REG_RISCV_TIMER  (4UL << 24)
#define KVM_RISCV_MODE_S     1
#define KVM_RISCV_MODE_U     0
enum { KVM_CONFIG_isa };
enum { KVM_CORE_mode = 32 };
enum {
    KVM_CSR_sstatus,
    KVM_CSR_sie,
    KVM_CSR_stvec,
    KVM_CSR_sepc,
    KVM_CSR_scause,
    KVM_CSR_sip,
    KVM_CSR_satp
};
enum { KVM_TIMER_frequency, KVM_TIMER_time };
#define KVM_REG_RISCV_CONFIG_REG(name) KVM_CONFIG_##name
#define KVM_REG_RISCV_CORE_REG(name)   KVM_CORE_##name
#define KVM_REG_RISCV_CSR_REG(name)    KVM_CSR_##name
#define KVM_REG_RISCV_TIMER_REG(name)  KVM_TIMER_##name
#endif

#endif
