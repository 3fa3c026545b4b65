/* Prints a byte with its first instructions, then sleeps for good: what watches it ends the VMM. */
#include "abi/note.h"
#include "abi/sbi.h"

DUET_GUEST_NOTE

    .section .text.start, "ax"
    .globl _start
_start:
    li      a7, SBI_DBCN
    li      a6, SBI_DBCN_WRITE_BYTE
    li      a0, '\n'
    ecall
1:  wfi
    j       1b

    .data /* QEMU begins at address 0 when a segment is empty */
    .word 0
