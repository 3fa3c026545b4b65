/* Powers off with its first instructions. */
#include "abi/note.h"
#include "abi/sbi.h"

DUET_GUEST_NOTE

    .section .text.start, "ax"
    .globl _start
_start:
    li      a7, SBI_SRST
    li      a6, SBI_SRST_RESET
    li      a0, SBI_SRST_SHUTDOWN
    li      a1, SBI_SRST_REASON_NONE
    ecall
1:  j       1b

    .data /* QEMU begins at address 0 when a segment is empty */
    .word 0
