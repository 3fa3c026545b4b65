/* user_return(frame): a thread's first way to user mode. From a trap it goes back in trap_entry.S. */
#include "toyos/kernel/base/trap_frame.inc"

    .text
    .global user_return
    .type user_return, @function
user_return:
    mv sp, a0
    return_to_user
    .size user_return, . - user_return
    .section .note.GNU-stack, "", @progbits
