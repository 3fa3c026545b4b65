/*
 * The control registers that a hypervisor uses, beside those of common/riscv.h, and the
 * instructions that C has no words for (Privileged 1.12 §8, the hypervisor extension). Registers
 * go by number: not every assembler knows the extension's names. C and assembly can include this.
 */
#ifndef HV_CSR_H
#define HV_CSR_H

#include "common/riscv.h"

/* Of every supervisor, §4.1 */
#define CSR_SSTATUS  0x100
#define CSR_SIE      0x104
#define CSR_STVEC    0x105
#define CSR_SSCRATCH 0x140
#define CSR_SEPC     0x141
#define CSR_SCAUSE   0x142
#define CSR_STVAL    0x143
#define CSR_TIME     0xc01

/* Of the guest in VS-mode; §8.2.11 to §8.2.18. They are in the place of the registers without V
 * as long as a guest runs. */
#define CSR_VSSTATUS  0x200
#define CSR_VSIE      0x204
#define CSR_VSTVEC    0x205
#define CSR_VSSCRATCH 0x240
#define CSR_VSEPC     0x241
#define CSR_VSCAUSE   0x242
#define CSR_VSTVAL    0x243
#define CSR_VSTIMECMP 0x24d /* Sstc 1.0 §3 */
#define CSR_VSATP     0x280

/* Of the hypervisor, §8.2.1 to §8.2.10 */
#define CSR_HSTATUS    0x600
#define CSR_HEDELEG    0x602
#define CSR_HIDELEG    0x603
#define CSR_HTIMEDELTA 0x605
#define CSR_HCOUNTEREN 0x606
#define CSR_HTVAL      0x643
#define CSR_HVIP       0x645
#define CSR_HGATP      0x680

/* hstatus, §8.2.1: sret enters a guest; its accesses from VS-mode are S's for hlv and hsv */
#define HSTATUS_SPV  0x080
#define HSTATUS_SPVP 0x100

/* hideleg and hvip, §8.2.2 and §8.2.3: interrupts of the guest, one place above the hypervisor's */
#define HVIP_VSSIP (1 << 2)
#define HVIP_VSTIP (1 << 6)
#define HVIP_VSEIP (1 << 10)

/* scause, §8.6.1: what only a guest can cause */
#define CAUSE_ECALL_VS            10
#define CAUSE_FETCH_GUEST_FAULT   20
#define CAUSE_LOAD_GUEST_FAULT    21
#define CAUSE_VIRTUAL_INSTRUCTION 22
#define CAUSE_STORE_GUEST_FAULT   23

/* hgatp, §8.2.10: like satp; in Sv39x4 the root table has four pages, for 41 bits of address */
#define HGATP_MODE_SHIFT  60
#define HGATP_MODE_SV39X4 8

#ifndef __ASSEMBLER__

#include <stdint.h>

#define csr_read(csr)                                                                              \
    __extension__({                                                                                \
        uint64_t csr_value_;                                                                       \
        __asm__ volatile("csrr %0, %1" : "=r"(csr_value_) : "i"(csr) : "memory");                  \
        csr_value_;                                                                                \
    })
#define csr_write(csr, value)                                                                      \
    __asm__ volatile("csrw %0, %1" ::"i"(csr), "r"((uint64_t)(value)) : "memory")
#define csr_set(csr, bits)                                                                         \
    __asm__ volatile("csrs %0, %1" ::"i"(csr), "r"((uint64_t)(bits)) : "memory")
#define csr_clear(csr, bits)                                                                       \
    __asm__ volatile("csrc %0, %1" ::"i"(csr), "r"((uint64_t)(bits)) : "memory")

/* hfence.gvma, §8.3.2: this hart forgets what it has read from G-stage tables. */
static inline void
fence_gstage(void)
{
    __asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, x0" ::: "memory");
}

/* hfence.vvma: this hart forgets what it has read from the guest's own tables. */
static inline void
fence_guest(void)
{
    __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" ::: "memory");
}

/* fence.i: this hart fetches instructions as they were stored before. */
static inline void
fence_instructions(void)
{
    __asm__ volatile("fence.i" ::: "memory");
}

#endif
#endif
