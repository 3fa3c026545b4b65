/* The first instructions of firmware that runs in flash memory: a stack in RAM, then begin(hart, fdt). */
    .section .text.start, "ax"
    .globl _start
_start:
    li      sp, 0x80010000
    la      t0, trap
    csrw    stvec, t0
    call    begin
1:  j       1b

    /* Goes on behind the instruction, which has 32 bits; the cause is in RAM, at 0x80010000. */
    .balign 4
trap:
    csrw    sscratch, t0
    csrr    t0, scause
    sd      t1, -256(sp)
    li      t1, 0x80010000
    sd      t0, 0(t1)
    ld      t1, -256(sp)
    csrr    t0, sepc
    addi    t0, t0, 4
    csrw    sepc, t0
    csrr    t0, sscratch
    sret
