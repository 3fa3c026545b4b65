/* context_switch(from, to): save what a called function has to keep, load another's. */
    .text
    .global context_switch
    .type context_switch, @function
context_switch:
    sd ra, 0(a0)
    sd sp, 8(a0)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    sd s\n, (16 + 8 * \n)(a0)
    .endr
    ld ra, 0(a1)
    ld sp, 8(a1)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    ld s\n, (16 + 8 * \n)(a1)
    .endr
    ret
    .size context_switch, . - context_switch
    .section .note.GNU-stack, "", @progbits
