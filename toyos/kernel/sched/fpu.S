/* Floating-point registers, to and from a struct fpu_state: the only such instructions here. */
#include "common/riscv.h"

#define FCSR 256

.macro each_register op
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
        24, 25, 26, 27, 28, 29, 30, 31
    \op f\n, (8 * \n)(a0)
    .endr
.endm

    .text
    .global fpu_save, fpu_load
    .type fpu_save, @function
fpu_save:
    li t0, SSTATUS_FS
    csrs sstatus, t0
    each_register fsd
    frcsr t1
    sd t1, FCSR(a0)
    csrc sstatus, t0
    ret
    .size fpu_save, . - fpu_save

    .type fpu_load, @function
fpu_load:
    li t0, SSTATUS_FS
    csrs sstatus, t0
    ld t1, FCSR(a0)
    fscsr t1
    each_register fld
    csrc sstatus, t0
    ret
    .size fpu_load, . - fpu_load
    .section .note.GNU-stack, "", @progbits
