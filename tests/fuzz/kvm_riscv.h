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
#endif

#endif
