/*
 * The first instructions: OpenSBI comes here in HS-mode on one hart, with a0 its number and a1 the
 * host's device tree (SBI 2.0 §9.1). Paging is off, and stays off for the hypervisor itself.
 */
#include "hv/csr.h"

#define STACK_SIZE 16384

    .section .text.entry, "ax", @progbits
    .globl _start
_start:
    csrw CSR_SIE, zero
    /*
     * QEMU 10 keeps the guest's timer interrupt pending while `time` is above vstimecmp, which
     * begins with 0, although henvcfg.STCE is 0 and the register should have no effect then
     * (Sstc 1.0 §3). Where there is no Sstc, the write is a trap: it goes on at 1.
     */
    la t0, 1f
    csrw CSR_STVEC, t0
    li t0, -1
    csrw CSR_VSTIMECMP, t0
    .balign 4
1:  la t0, host_trap_entry
    csrw CSR_STVEC, t0
    la sp, stack_top
    la t0, bss_start
    la t1, bss_end
1:  bgeu t0, t1, 2f
    sd zero, (t0)
    addi t0, t0, 8
    j 1b
2:  li s0, 0
    call hv_main
    unimp

/* A trap while no guest runs is a bug of the hypervisor's. */
    .text
    .balign 4
    .globl host_trap_entry
host_trap_entry:
    la sp, stack_top
    csrr a0, CSR_SCAUSE
    csrr a1, CSR_SEPC
    csrr a2, CSR_STVAL
    call host_trap
    unimp

/* Not in .bss, which the code above clears while it needs no stack. */
    .section .stack, "aw", @nobits
    .balign 16
    .skip STACK_SIZE
stack_top:
    .section .note.GNU-stack, "", @progbits
