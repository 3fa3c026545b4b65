/*
 * Bits and numbers of the RISC-V privileged architecture (version 1.12) that both sides use: the
 * VMM to read a guest's state, toyos to be a kernel. C and assembly can both include this.
 */
#ifndef DUET_COMMON_RISCV_H
#define DUET_COMMON_RISCV_H

/* sstatus, §4.1.1 */
#define SSTATUS_SIE      0x00000002
#define SSTATUS_SPIE     0x00000020
#define SSTATUS_SPP      0x00000100
#define SSTATUS_FS       0x00006000
#define SSTATUS_FS_INIT  0x00002000
#define SSTATUS_FS_CLEAN 0x00004000
#define SSTATUS_FS_DIRTY 0x00006000
#define SSTATUS_SUM      0x00040000
#define SSTATUS_UXL      0x300000000 /* the width of user mode's registers */
#define SSTATUS_UXL_64   0x200000000

/* sie and sip, §4.1.3: bit numbers, and so the codes in scause too */
#define IRQ_S_SOFT  1
#define IRQ_M_SOFT  3
#define IRQ_S_TIMER 5
#define IRQ_M_TIMER 7
#define IRQ_S_EXT   9
#define IRQ_M_EXT   11

/* scounteren, §4.1.5 */
#define SCOUNTEREN_TM 0x2 /* the time */

/* scause, §4.1.8 */
#define SCAUSE_INTERRUPT       0x8000000000000000
#define CAUSE_FETCH_MISALIGNED 0
#define CAUSE_FETCH_ACCESS     1
#define CAUSE_ILLEGAL          2
#define CAUSE_BREAKPOINT       3
#define CAUSE_LOAD_MISALIGNED  4
#define CAUSE_LOAD_ACCESS      5
#define CAUSE_STORE_MISALIGNED 6
#define CAUSE_STORE_ACCESS     7
#define CAUSE_ECALL_U          8
#define CAUSE_ECALL_S          9
#define CAUSE_FETCH_PAGE_FAULT 12
#define CAUSE_LOAD_PAGE_FAULT  13
#define CAUSE_STORE_PAGE_FAULT 15

/* stimecmp (Sstc 1.0): its number, as not every assembler knows the name */
#define CSR_STIMECMP 0x14d

/* satp, §4.1.11 */
#define SATP_MODE_SHIFT 60
#define SATP_MODE_BARE  0
#define SATP_MODE_SV39  8
#define SATP_MODE_SV48  9
#define SATP_MODE_SV57  10
#define SATP_PPN_MASK   0x00000fffffffffff

/* Page table entries, §4.4.1 */
#define PTE_V         0x01
#define PTE_R         0x02
#define PTE_W         0x04
#define PTE_X         0x08
#define PTE_U         0x10
#define PTE_G         0x20
#define PTE_A         0x40
#define PTE_D         0x80
#define PTE_PPN_SHIFT 10
#define PTE_PPN_MASK  0x00000fffffffffff /* after the shift */

/* Integer registers, x0 to x31: the numbers of those that the code names, by their ABI names */
#define X_COUNT 32
#define X_RA    1
#define X_SP    2
#define X_TP    4
#define X_FP    8 /* the same register as s0 */
#define X_S1    9
#define X_A0    10
#define X_A1    11
#define X_A7    17
#define X_S2    18
#define X_S11   27

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096

#ifndef __ASSEMBLER__

#include <stdint.h>

/* A trap's cause in words, from scause; "unknown cause" for a code that the specification keeps. */
const char *riscv_cause_name(uint64_t scause);

/* The ABI's name of integer register x0..x31; `n` is below 32. */
const char *riscv_register_name(unsigned n);

#endif
#endif
