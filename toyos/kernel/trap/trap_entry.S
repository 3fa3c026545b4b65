/*
 * Traps: in from user mode and from the kernel, and back out to user mode.
 *
 * sscratch is 0 while a hart is in the kernel; in user mode it has the address of the process's
 * trap frame, which is at the top of its kernel stack. The kernel runs with interrupts off, so a
 * trap from the kernel is always a bug and never comes back.
 */
#include "common/riscv.h"
#include "toyos/kernel/layout.h"
#include "toyos/kernel/base/trap_frame.inc"

.macro save_pc_and_status
    csrr t0, sepc
    csrr t1, sstatus
    sd t0, TF_PC(sp)
    sd t1, TF_STATUS(sp)
    sd t0, TF_RA(sp)
.endm

.macro save_cause
    csrr t3, stval
    sd t2, TF_CAUSE(sp)
    sd t3, TF_VALUE(sp)
.endm

    .text
    .balign 4
    .global trap_entry
    .type trap_entry, @function
trap_entry:
    csrrw sp, sscratch, sp
    beqz sp, from_kernel
    each_register sd
    csrr t0, sscratch
    sd t0, TF_X(2)(sp)
    csrw sscratch, zero
    ld tp, TF_HART(sp)
    save_pc_and_status
    csrr t2, scause
    sd zero, TF_FP(sp) /* the user's frames are not ours to walk */
    addi s0, sp, TF_SIZE
    mv a0, sp
    li t3, CAUSE_ECALL_U
    bne t2, t3, not_a_call

/* A system call, the short way: the registers that C functions keep still have the user's values. */
    call syscall_run
    load_pc_and_status
    other_registers ld
    ld sp, TF_X(2)(sp)
    sret

not_a_call:
    save_cause
    call trap_from_user
    return_to_user

from_kernel:
    csrr sp, sscratch
    addi sp, sp, -TF_SIZE
    csrw sscratch, t0
    srli t0, sp, KSTACK_SHIFT
    andi t0, t0, 1
    beqz t0, overflow
    addi t0, sp, TF_SIZE
    sd t0, TF_X(2)(sp)
save:
    csrr t0, sscratch
    csrw sscratch, zero
    each_register sd
    save_pc_and_status
    csrr t2, scause
    save_cause
    sd s0, TF_FP(sp)
    addi s0, sp, TF_SIZE
    mv a0, sp
    call trap_from_kernel
    unimp

/* The stack is used up: report from another one. Two harts here at once would share it; the
 * machine is lost either way. */
overflow:
    addi t0, sp, TF_SIZE
    la sp, overflow_stack_top - TF_SIZE
    sd t0, TF_X(2)(sp)
    j save
    .size trap_entry, . - trap_entry

    .section .bss
    .balign KSTACK_STRIDE
    .skip KSTACK_SIZE
    .skip KSTACK_SIZE
overflow_stack_top:

    .text
/*
 * uint64_t interrupt_take(void): lets one interrupt through, if one is pending that sie enables. Its
 * scause; 0 if there is none. Reading sip would not do: as a guest on QEMU's H extension it shows no
 * external interrupt that is taken all the same.
 */
    .balign 4
    .global interrupt_take
    .type interrupt_take, @function
interrupt_take:
    la t0, 1f
    csrrw t1, stvec, t0
    li a0, 0
    csrsi sstatus, SSTATUS_SIE  /* §4.1.3: what is pending traps before the next instruction */
    csrci sstatus, SSTATUS_SIE
    j 2f
    .balign 4
1:  csrr a0, scause             /* interrupts are off again; we go on here, not at sepc */
2:  csrw stvec, t1
    ret

    .section .note.GNU-stack, "", @progbits
