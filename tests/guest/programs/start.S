/* The first instructions of every test guest: a stack for each hart, then guest_main(hart, fdt). */
#include "abi/note.h"

#define STACK_SIZE 4096
#define HARTS_MAX  16

DUET_GUEST_NOTE

    .section .text.start, "ax"
    .globl _start
_start:
    la      sp, stacks
    addi    t0, a0, 1
    li      t1, STACK_SIZE
    mul     t0, t0, t1
    add     sp, sp, t0
    li      s0, 0               /* the end of a backtrace */
    call    guest_main
1:  j       1b

    .bss
    .balign 16
stacks:
    .skip   STACK_SIZE * HARTS_MAX
