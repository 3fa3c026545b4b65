/*
 * Instructions for test_step.c, encoded by the assembler: each with the values of a0 and a1, and
 * how far from it the next one is, or where.
 */
    .option norelax
    .text
    .dword cases, cases_end, sequences, sequences_end, ranges, ranges_end

    .macro case a0, a1, distance, instruction:vararg
    .balign 2
    .pushsection .rodata.cases, "a"
    .dword 9f, \a0, \a1, \distance, 0
    .popsection
9:  \instruction
    .endm

    /* All bits of each immediate, both signs. */
    .macro case_far max, a0, a1, instruction:vararg
    .set distance, 2
    .rept \max - 1
    case \a0, \a1, distance, \instruction . + distance
    case \a0, \a1, -distance, \instruction . - distance
    .set distance, distance * 2
    .endr
    case \a0, \a1, distance - 2, \instruction . + distance - 2
    case \a0, \a1, -distance, \instruction . - distance
    .endm

    .section .rodata.cases, "a"
    .balign 8
cases:
    .text

    .option norvc
    case_far 20, 0, 0, jal zero,
    case_far 20, 0, 0, jal ra,
    case_far 12, 5, 5, beq a0, a1,
    case_far 12, 5, 6, bne a0, a1,
    case_far 12, -1, 1, blt a0, a1,
    case_far 12, 1, -1, bge a0, a1,
    case_far 12, 1, -1, bltu a0, a1,
    case_far 12, -1, 1, bgeu a0, a1,
    case_far 12, 0, 0, beq zero, zero,

    /* Not taken, and the edges of the comparisons. */
    case 5, 6, 4, beq a0, a1, . + 64
    case 5, 5, 4, bne a0, a1, . + 64
    case 1, -1, 4, blt a0, a1, . + 64
    case 5, 5, 4, blt a0, a1, . + 64
    case -1, 1, 4, bge a0, a1, . + 64
    case 5, 5, 64, bge a0, a1, . + 64
    case -1, 1, 4, bltu a0, a1, . + 64
    case 5, 5, 4, bltu a0, a1, . + 64
    case 1, -1, 4, bgeu a0, a1, . + 64
    case 5, 5, 64, bgeu a0, a1, . + 64
    case 0x8000000000000000, 0, 64, blt a0, a1, . + 64
    case 0x8000000000000000, 0, 4, bltu a0, a1, . + 64

    .macro case_to address, a0, a1, instruction:vararg
    .balign 2
    .pushsection .rodata.cases, "a"
    .dword 9f, \a0, \a1, \address, 1
    .popsection
9:  \instruction
    .endm
    case_to 0x1000, 0x1000, 0, jalr zero, 0(a0)
    case_to 0x1000, 0x1001, 0, jalr ra, 0(a0)
    case_to 0x17ff - 1, 0x1000, 0, jalr ra, 2047(a0)
    case_to 0x800, 0x1000, 0, jalr zero, -2048(a0)
    case_to 0x123456789abcdef0, 0, 0x123456789abcdef0, jalr a1
    case_to 0x123456789abcdef0, 0x123456789abcdef0, 0, jalr a0, 0(a0)

    /* What only goes on. */
    case 0, 0, 4, addi a0, a0, 1
    case 0, 0, 4, lui a0, 0x6f
    case 0, 0, 4, auipc a0, 0x63
    case 0, 0, 4, ld a0, 0(a1)
    case 0, 0, 4, sd a0, 0(a1)
    case 0, 0, 4, amoadd.d a0, a1, (a0)
    case 0, 0, 4, sc.d a0, a1, (a0)
    case 0, 0, 4, fence
    case 0, 0, 4, fence.i
    case 0, 0, 4, csrrw a0, sscratch, a1
    case 0, 0, 4, wfi
    case 0, 0, 4, sfence.vma
    case 0, 0, 4, ecall
    case 0, 0, 4, fadd.d fa0, fa0, fa1

    .option rvc
    case_far 11, 0, 0, c.j
    case_far 8, 0, 7, c.beqz a0,
    case_far 8, 7, 0, c.bnez a0,
    case_far 8, 7, 0, c.beqz a1,
    case 7, 0, 2, c.beqz a0, . + 64
    case 0, 7, 2, c.bnez a0, . + 64
    case_to 0x1000, 0x1000, 0, c.jr a0
    case_to 0x1000, 0, 0x1001, c.jalr a1
    case 0, 0, 2, c.mv a0, a1
    case 0, 0, 2, c.add a0, a1
    case 0, 0, 2, c.addi a0, 1
    case 0, 0, 2, c.addiw a0, 1
    case 0, 0, 2, c.li a0, -1
    case 0, 0, 2, c.lui a0, 31
    case 0, 0, 2, c.addi16sp sp, -64
    case 0, 0, 2, c.addi4spn a0, sp, 64
    case 0, 0, 2, c.srli a0, 1
    case 0, 0, 2, c.andi a0, 1
    case 0, 0, 2, c.sub a0, a1
    case 0, 0, 2, c.slli a0, 1
    case 0, 0, 2, c.ld a0, 0(a1)
    case 0, 0, 2, c.sd a0, 0(a1)
    case 0, 0, 2, c.ldsp a0, 0(sp)
    case 0, 0, 2, c.sdsp a0, 0(sp)
    case 0, 0, 2, c.lw a0, 0(a1)
    case 0, 0, 2, c.fld fa0, 0(a0)
    case 0, 0, 2, c.fsdsp fa0, 0(sp)
    case 0, 0, 2, c.nop

    .section .rodata.cases, "a"
cases_end:
    .text

    /* Sequences of LR and SC: where they begin, and all of where a step from there may end. */
    .section .rodata.sequences, "a"
sequences:
    .text
    .macro sequence start, ends:vararg
    .pushsection .rodata.sequences, "a"
    .dword \start, (2f - 1f) / 8
1:  .dword \ends
2:  .popsection
    .endm

    sequence add, add_end
add:
    lr.d t0, (a0)
    addi t0, t0, 1
    sc.d t1, t0, (a0)
add_end:
    bnez t1, add

    sequence cas, cas_end, cas_fail, cas_far
cas:
    lr.w.aq t0, (a0)
    bne t0, a1, cas_fail
    c.bnez a5, cas_inside
    c.beqz a5, cas_far
cas_inside:
    sc.w.rl t1, a2, (a0)
cas_end:
    bnez t1, cas
cas_fail:
    nop
    nop
cas_far:
    nop

    /* A branch into the middle of SC is none out of the sequence. */
    sequence half, half_end
half:
    lr.d t0, (a0)
    beqz t0, half_sc + 2
half_sc:
    sc.d t1, t0, (a0)
half_end:
    nop

    /* No sequence: a call in between, another LR, no SC within 16 instructions. */
    sequence call, call_next
call:
    lr.d t0, (a0)
call_next:
    jal ra, call
    sc.d t1, t0, (a0)

    sequence twice, twice_next
twice:
    lr.d t0, (a0)
twice_next:
    lr.d t0, (a0)
    ret

    sequence long, long_next
long:
    lr.d t0, (a0)
long_next:
    .rept 16
    nop
    .endr
    sc.d t1, t0, (a0)

    .section .rodata.sequences, "a"
sequences_end:

    /* Ranges: where the hart is, the range, and all of where it may leave it or has to be stepped. */
    .section .rodata.ranges, "a"
ranges:
    .text
    .macro range pc, start, end, stops:vararg
    .pushsection .rodata.ranges, "a"
    .dword \pc, \start, \end, (2f - 1f) / 8
1:  .dword \stops
2:  .popsection
    .endm

    /* A loop leaves by its end, and by a branch out of it; from its middle too. */
    range loop, loop, loop_end, loop_end, loop_out
    range loop_middle, loop, loop_end, loop_end, loop_out
loop:
    addi a0, a0, 1
loop_second:
    beq a0, a2, loop_out
loop_middle:
    c.nop
    bne a0, a1, loop
loop_end:
    nop
loop_out:
    nop

    /* A jump over data, which is not code to follow; a call and a jump to outside. */
    range jumps, jumps, jumps_end, loop, jumps_end
jumps:
    j jumps_on
    .word 0x00008067
jumps_on:
    c.beqz a0, jumps_last
    jal ra, loop
jumps_last:
    c.nop
jumps_end:
    nop

    /* What has to be stepped: jumps to registers, SYSTEM, LR. Behind it nothing is followed. */
    range gates, gates, gates_end, gates_ret, gates_csr, gates_lr, gates_jr
gates:
    c.beqz a0, gates_csr
    c.beqz a1, gates_lr
    c.bnez a2, gates_jr
gates_ret:
    jalr zero, 0(ra)
gates_csr:
    csrr a0, sstatus
gates_lr:
    lr.d a0, (a1)
    sc.d a0, a0, (a1)
gates_jr:
    c.jalr a0
gates_end:
    nop

    /* On one of those, and outside of the range: one instruction. */
    range gates_csr, gates, gates_end, gates_lr
    range loop, gates, gates_end, loop_second
    range loop, loop, loop, loop_second
    range loop, loop, loop + 0x2000, loop_second

    /* More ends than there is room for. */
    range many, many, many_end, many + 4
many:
    .rept 40
    beq a0, a1, . + 200
    .endr
many_end:
    .rept 60
    nop
    .endr

    .section .rodata.ranges, "a"
ranges_end:
