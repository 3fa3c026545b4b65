/* The system call stubs, from the table: int NAME(...) puts the number in a7 and traps. */
#include "kernel/syscall.h"

#define STUB(nr, name)                                                                             \
    .global name;                                                                                  \
    .type name, @function;                                                                         \
    name:;                                                                                         \
    li a7, nr;                                                                                     \
    ecall;                                                                                         \
    ret;                                                                                           \
    .size name, . - name;

    .text
SYSCALLS(STUB)
    .section .note.GNU-stack, "", @progbits
