/*
 * The first instructions of a kernel that begins in M-mode, on all harts at once, as QEMU's `virt`
 * starts one without firmware: a stack for each hart, then begin(fdt). It has no Duet note.
 */
#define STACK_SIZE 4096
#define HARTS_MAX  16

    .section .text.start, "ax"
    .globl _start
_start:
    la      sp, stacks
    csrr    t0, mhartid
    addi    t0, t0, 1
    li      t1, STACK_SIZE
    mul     t0, t0, t1
    add     sp, sp, t0
    li      s0, 0
    mv      a0, a1
    call    begin
1:  j       1b

    .bss
    .balign 16
stacks:
    .skip   STACK_SIZE * HARTS_MAX
