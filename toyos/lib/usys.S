/*
 * The system call stubs, from the table. sys_NAME puts the number in a7 and traps; a negative result
 * is an error (syscall_error). NAME is the same, unless a C function of that name takes its place.
 */
#include "kernel/syscall.h"

#define STUB(nr, name)                                                                             \
    .section .text.name, "ax", @progbits;                                                          \
    .global sys_##name;                                                                            \
    .weak name;                                                                                    \
    .type sys_##name, @function;                                                                   \
    .type name, @function;                                                                         \
    sys_##name:;                                                                                   \
    name:;                                                                                         \
    li a7, nr;                                                                                     \
    ecall;                                                                                         \
    bltz a0, 1f;                                                                                   \
    ret;                                                                                           \
    1: tail syscall_error;                                                                         \
    .size sys_##name, . - sys_##name;                                                              \
    .size name, . - name;

SYSCALLS(STUB)

    .section .note.GNU-stack, "", @progbits
