/*
 * A hart's registers as gdb numbers them, by the description that it is given of its target (gdb's
 * manual, "RISC-V Features"): x0 to x31, pc, f0 to f31, fflags, frm, fcsr, S-mode's CSRs, and the
 * mode.
 */
#ifndef DUET_VMM_GDB_REGS_H
#define DUET_VMM_GDB_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/riscv.h"

/* The CSRs that KVM gives, by their names in struct kvm_riscv_csr, and their numbers (Privileged
 * 1.12 §2.2). */
#define GDB_CSRS(CSR)                                                                              \
    CSR(sstatus, 0x100)                                                                            \
    CSR(sie, 0x104)                                                                                \
    CSR(stvec, 0x105)                                                                              \
    CSR(sscratch, 0x140)                                                                           \
    CSR(sepc, 0x141)                                                                               \
    CSR(scause, 0x142)                                                                             \
    CSR(stval, 0x143)                                                                              \
    CSR(sip, 0x144)                                                                                \
    CSR(satp, 0x180)                                                                               \
    CSR(scounteren, 0x106)                                                                         \
    CSR(senvcfg, 0x10a)

#define GDB_CSR_NUMBER_(name, csr) GDB_REG_##name,
enum {
    GDB_REG_X0,
    GDB_REG_PC = GDB_REG_X0 + X_COUNT,
    GDB_REG_F0,
    GDB_REG_FFLAGS = GDB_REG_F0 + 32,
    GDB_REG_FRM,
    GDB_REG_FCSR,
    GDB_CSRS(GDB_CSR_NUMBER_) GDB_REG_PRIV,
    GDB_REGS,
};

/* How many of them, from the first, gdb reads at once. */
#define GDB_REGS_GENERAL (GDB_REG_PC + 1)

/* Bytes of register `number` in a packet: 8, or 4 for the three of floating-point control. */
size_t gdb_reg_size(unsigned number);

/* The description in XML, and its length. */
const char *gdb_regs_xml(size_t *len);

/* The same for a core file: gdb finds its CSRs by its own numbers, and it has no mode. */
const char *gdb_regs_core_xml(size_t *len);

/* Reads and writes a register of a vCPU that is out of the guest. False if KVM has no such one, or
 * does not let it be written. */
bool gdb_reg_get(int vcpu_fd, unsigned number, uint64_t *value);
bool gdb_reg_set(int vcpu_fd, unsigned number, uint64_t value);

#endif
