/*
 * The first instructions of a guest in C, for a guest that needs nothing else: a stack for each
 * hart, then
 *
 *     void guest_main(uint64_t hart, uint64_t fdt);
 *
 * with what SBI gives (SBI 2.0 §9.1): the hart's number, and the device tree's physical address.
 * Hart 0 is there from the beginning; one that SBI's hart_start starts at _start comes here too.
 * There is no trap handler: a trap ends the run with duet's report.
 */
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
1:  j       1b                  /* guest_main has returned */

    .bss
    .balign 16
stacks:
    .skip   STACK_SIZE * HARTS_MAX
