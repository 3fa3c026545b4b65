/*
 * Into the guest and back. A trap that is the hypervisor's comes to vcpu_exit with all registers
 * the guest's: sscratch alone says where to save them.
 */
#include "hv/vcpu.h"

/* Of the hypervisor: what a C function has to keep, and gp and tp. sp stays a multiple of 16. */
#define FRAME 128
.macro each_kept what
    \what ra, 0(sp)
    \what gp, 8(sp)
    \what tp, 16(sp)
    \what s0, 24(sp)
    \what s1, 32(sp)
    \what s2, 40(sp)
    \what s3, 48(sp)
    \what s4, 56(sp)
    \what s5, 64(sp)
    \what s6, 72(sp)
    \what s7, 80(sp)
    \what s8, 88(sp)
    \what s9, 96(sp)
    \what s10, 104(sp)
    \what s11, 112(sp)
.endm

/* Of the guest: all but x10, which is a0 and holds the address of the struct. */
.macro each_guests what
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \what x\n, VCPU_X(\n)(a0)
    .endr
.endm

/* void vcpu_run(struct vcpu *vcpu) */
    .text
    .globl vcpu_run
    .type vcpu_run, @function
vcpu_run:
    addi sp, sp, -FRAME
    each_kept sd
    sd sp, VCPU_HOST_SP(a0)
    csrw CSR_SSCRATCH, a0
    la t0, vcpu_exit
    csrw CSR_STVEC, t0
    ld t0, VCPU_PC(a0)
    csrw CSR_SEPC, t0
    ld t0, VCPU_SSTATUS(a0)
    csrw CSR_SSTATUS, t0
    ld t0, VCPU_HSTATUS(a0)
    csrw CSR_HSTATUS, t0        /* with SPV: sret enters the guest */
    each_guests ld
    ld a0, VCPU_X(10)(a0)
    sret

    .balign 4                   /* stvec's two lowest bits are its mode */
vcpu_exit:
    csrrw a0, CSR_SSCRATCH, a0
    each_guests sd
    csrr t0, CSR_SSCRATCH       /* the guest's a0 */
    sd t0, VCPU_X(10)(a0)
    csrr t0, CSR_SEPC
    sd t0, VCPU_PC(a0)
    csrr t0, CSR_SSTATUS
    sd t0, VCPU_SSTATUS(a0)
    csrr t0, CSR_HSTATUS
    sd t0, VCPU_HSTATUS(a0)
    csrr t0, CSR_SCAUSE
    sd t0, VCPU_SCAUSE(a0)
    csrr t0, CSR_STVAL
    sd t0, VCPU_STVAL(a0)
    csrr t0, CSR_HTVAL
    sd t0, VCPU_HTVAL(a0)
    la t0, host_trap_entry      /* from here on a trap is a bug */
    csrw CSR_STVEC, t0
    ld sp, VCPU_HOST_SP(a0)
    each_kept ld
    addi sp, sp, FRAME
    ret
    .size vcpu_run, . - vcpu_run
    .section .note.GNU-stack, "", @progbits
