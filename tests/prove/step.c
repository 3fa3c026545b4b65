/*
 * Where a hart goes from an instruction, as the debugger's decoder says, beside a second decoder,
 * written here from the specification (Unprivileged 20191213: chapters 2, 16 and "RVC instruction
 * set listings"; Privileged 1.12 §3.3.1, §4.1). Memory is what an input says, a parcel of 16 bits
 * each time that it is asked for.
 */
#include "tests/prove/prove.h"

#include "vmm/debug/step.h"

/* with: vmm/debug/step.c */

#define PARCELS_MAX 4

static struct {
    uint64_t pc;
    uint16_t bits;
    bool is_there;
} parcel[PARCELS_MAX];
static unsigned parcels;

/* The first instruction, which the property chooses; what follows is any code. */
static uint32_t code;

static bool
fetch(void *context, uint64_t pc, uint16_t *bits)
{
    (void)context;
    prove_check(parcels < PARCELS_MAX, "few parcels are read");
    parcel[parcels].pc = pc;
    parcel[parcels].bits = (uint16_t)(parcels == 0   ? code
                                      : parcels == 1 ? code >> 16
                                                     : prove_below("16 bits of code", 1 << 16));
    parcel[parcels].is_there = prove_bool("there is code");
    *bits = parcel[parcels].bits;
    return parcel[parcels++].is_there;
}

static struct step_hart
any_hart(uint64_t x[32])
{
    struct step_hart hart = {.pc = prove_u64("pc"),
                             .x = x,
                             .sepc = prove_u64("sepc"),
                             .stvec = prove_u64("stvec"),
                             .user = prove_bool("user mode")};

    prove_fill("registers", x, 32 * sizeof(x[0]));
    x[0] = 0;
    prove_assume(hart.pc % 2 == 0);
    return hart;
}

/* A part of an immediate: `count` bits of the instruction, from `from` on, belong at bit `to`. */
static uint64_t
bits(unsigned from, unsigned count, unsigned to)
{
    return (uint64_t)(code >> from & ((1u << count) - 1)) << to;
}

/* The sign of one whose highest bit is at `to`: all bits from there on are the instruction's bit.
 */
static uint64_t
sign(unsigned from, unsigned to)
{
    return code >> from & 1 ? UINT64_MAX << to : 0;
}

/* Where 16 bits lead that are no trap. RVC listings: quadrant 1, C.J, C.BEQZ, C.BNEZ; quadrant 2,
 * C.JR and C.JALR. */
static uint64_t
after_short(const struct step_hart *hart)
{
    unsigned quadrant = code & 3, funct3 = code >> 13 & 7;

    if (quadrant == 1 && funct3 == 5)
        return hart->pc + (sign(12, 11) | bits(11, 1, 4) | bits(10, 1, 9) | bits(9, 1, 8) |
                           bits(8, 1, 10) | bits(7, 1, 6) | bits(6, 1, 7) | bits(5, 1, 3) |
                           bits(4, 1, 2) | bits(3, 1, 1) | bits(2, 1, 5));
    if (quadrant == 1 && funct3 >= 6 && (hart->x[8 + (code >> 7 & 7)] != 0) == (funct3 == 7))
        return hart->pc + (sign(12, 8) | bits(11, 1, 4) | bits(10, 1, 3) | bits(6, 1, 7) |
                           bits(5, 1, 6) | bits(4, 1, 2) | bits(3, 1, 1) | bits(2, 1, 5));
    /* Bit 12 is the link; rs2 is 0; rs1 is not: reserved, or C.EBREAK. */
    if (quadrant == 2 && funct3 == 4 && (code >> 2 & 31) == 0 && (code >> 7 & 31) != 0)
        return hart->x[code >> 7 & 31] & ~(uint64_t)1;
    return hart->pc + 2;
}

/* Whether a branch of §2.5 is taken. funct3 of 2 and 3 are none. */
static bool
is_taken(uint64_t a, uint64_t b)
{
    switch (code >> 12 & 7) {
    case 0: /* BEQ */
        return a == b;
    case 1: /* BNE */
        return a != b;
    case 4: /* BLT */
        return (int64_t)a < (int64_t)b;
    case 5: /* BGE */
        return (int64_t)a >= (int64_t)b;
    case 6: /* BLTU */
        return a < b;
    default: /* BGEU */
        return a >= b;
    }
}

/* The same as after_short() of 32 bits, §2.5; SRET is Privileged §4.1.7's. */
static uint64_t
after_long(const struct step_hart *hart)
{
    uint64_t rs1 = hart->x[code >> 15 & 31], rs2 = hart->x[code >> 20 & 31];

    if (code == 0x10200073)
        return hart->sepc & ~(uint64_t)1;
    switch (code & 0x7f) {
    case 0x6f: /* JAL */
        return hart->pc + (sign(31, 20) | bits(21, 10, 1) | bits(20, 1, 11) | bits(12, 8, 12));
    case 0x67: /* JALR */
        return (rs1 + (sign(31, 11) | bits(20, 11, 0))) & ~(uint64_t)1;
    case 0x63:
        if (is_taken(rs1, rs2))
            return hart->pc + (sign(31, 12) | bits(7, 1, 11) | bits(25, 6, 5) | bits(8, 4, 1));
    }
    return hart->pc + 4;
}

static bool
has(const struct step *step, uint64_t pc)
{
    for (unsigned i = 0; i < step->count; i++)
        if (step->next[i] == pc)
            return true;
    return false;
}

/* The trap handler is always among the places, for any instruction may fault. */
static void
check_handler(const struct step_hart *hart, const struct step *step)
{
    uint64_t handler = hart->stvec / 4 * 4;

    prove_check(handler == 0 || handler == hart->pc || has(step, handler),
                "the trap handler is one of the places");
}

PROVE(step_short, 4, LONG)
{
    static uint64_t x[32];
    struct step_hart hart = any_hart(x);
    struct step step;

    code = (uint32_t)prove_below("code", 1 << 16);
    prove_assume((code & 3) != 3);
    step = step_decode(&hart, fetch, NULL);
    prove_check(parcels == 1 && parcel[0].pc == hart.pc, "what is at the pc is read");
    check_handler(&hart, &step);
    if (!parcel[0].is_there || code == 0x9002) /* C.EBREAK */
        prove_check(step.count <= 1, "only the trap handler");
    else
        prove_check(step.count >= 1 && step.count <= 2 && has(&step, after_short(&hart)),
                    "as the specification says");
    prove_check(!step.system, "none of them is a SYSTEM instruction");
}

/* An instruction of 32 bits, whose low seven are `opcode`. */
static void
check_long(uint32_t opcode)
{
    static uint64_t x[32];
    struct step_hart hart = any_hart(x);
    struct step step;

    code = (uint32_t)prove_below("code without its opcode", 1 << 25) << 7 | opcode;
    /* An illegal instruction ends in the handler, wherever else it is thought to lead; and LR,
     * which leads behind its SC, is no one instruction. */
    prove_assume(opcode != 0x63 || (code >> 13 & 3) != 1);
    prove_assume(opcode != 0x2f || code >> 27 != 2);
    step = step_decode(&hart, fetch, NULL);
    prove_check(parcel[0].pc == hart.pc, "what is at the pc is read");
    check_handler(&hart, &step);
    if (!parcel[0].is_there || !parcel[1].is_there) {
        prove_check(step.count <= 1, "only the trap handler");
        return;
    }
    prove_check(parcels == 2 && parcel[1].pc == hart.pc + 2, "and its second half");
    if (code == 0x00100073 || (code == 0x00000073 && hart.user)) /* EBREAK, ECALL */
        prove_check(step.count <= 1, "only the trap handler");
    else
        prove_check(step.count >= 1 && step.count <= 2 && has(&step, after_long(&hart)),
                    "as the specification says");
    prove_check(step.system == (opcode == 0x73), "SYSTEM instructions are known");
}

PROVE(step_jal, 4, FULL)
{
    check_long(0x6f);
}

PROVE(step_jalr, 4, FULL)
{
    check_long(0x67);
}

PROVE(step_branch, 4, FULL)
{
    check_long(0x63);
}

PROVE(step_system, 4, FULL)
{
    check_long(0x73);
}

/* All the others. */
PROVE(step_plain, 4, FULL)
{
    uint32_t opcode = (uint32_t)prove_below("opcode", 128);

    prove_assume((opcode & 3) == 3 && (opcode & 0x1c) != 0x1c);
    prove_assume(opcode != 0x6f && opcode != 0x67 && opcode != 0x63 && opcode != 0x73);
    check_long(opcode);
}

/* What is no instruction of 16 or 32 bits. §1.5: 48 bits end with 011111; all longer ones are taken
 * for 64. */
PROVE(step_other, 4, FULL)
{
    static uint64_t x[32];
    struct step_hart hart = any_hart(x);
    struct step step;

    code = (uint32_t)prove_below("code", 1 << 16);
    prove_assume((code & 0x1f) == 0x1f);
    step = step_decode(&hart, fetch, NULL);
    check_handler(&hart, &step);
    prove_check(!parcel[0].is_there || has(&step, hart.pc + ((code & 0x3f) == 0x1f ? 6 : 8)),
                "the place behind it");
}

/* --- LR and SC -------------------------------------------------------------------------------- */

/* A sequence of 32-bit instructions from LR on: `SEQUENCE - 1` of any kind behind it. */
#define SEQUENCE 4

static uint32_t sequence[SEQUENCE];
static uint64_t sequence_pc;

static bool
sequence_fetch(void *context, uint64_t pc, uint16_t *to)
{
    uint64_t at = pc - sequence_pc;

    (void)context;
    if (at >= sizeof(sequence) || at % 2 != 0)
        return false;
    *to = (uint16_t)(sequence[at / 4] >> (at % 4 ? 16 : 0));
    return true;
}

/* Where the branch at `pc` leads if it is taken. */
static uint64_t
branch_to(uint64_t pc, uint32_t branch)
{
    code = branch;
    return pc + (sign(31, 12) | bits(7, 1, 11) | bits(25, 6, 5) | bits(8, 4, 1));
}

static bool
is_kind(uint32_t insn, uint32_t funct5)
{
    return (insn & 0x7f) == 0x2f && insn >> 27 == funct5;
}

/* Whether a constrained sequence may have it between LR and SC (Unprivileged §8.3): no jump back
 * or away but by a branch, no atomic one, and nothing that traps. */
static bool
is_constrained(uint32_t insn)
{
    uint32_t opcode = insn & 0x7f;

    return opcode != 0x6f && opcode != 0x67 && opcode != 0x73 && opcode != 0x2f;
}

PROVE(step_atomic, 6, FULL)
{
    static uint64_t x[32];
    struct step_hart hart = {.x = x, .pc = prove_u64("pc"), .stvec = prove_u64("stvec")};
    unsigned any = 1 + (unsigned)prove_below("any instruction behind LR", SEQUENCE - 1), end = 0;
    struct step step;
    uint64_t after_sc;

    prove_assume(hart.pc % 2 == 0);
    sequence_pc = hart.pc;
    for (unsigned i = 0; i < SEQUENCE; i++) {
        sequence[i] = (uint32_t)prove_below("instruction without its last bits", 1 << 30) << 2 | 3;
        prove_assume((sequence[i] & 0x1c) != 0x1c);
    }
    prove_assume(is_kind(sequence[0], 2));
    for (unsigned i = 1; i < SEQUENCE; i++) {
        if (is_kind(sequence[i], 3))
            end = i;
        if (end || !is_constrained(sequence[i]))
            break;
    }
    step = step_decode(&hart, sequence_fetch, NULL);
    check_handler(&hart, &step);
    after_sc = hart.pc + 4 * (uint64_t)(end + 1);
    prove_check(has(&step, end ? after_sc : hart.pc + 4), "behind SC, or LR alone");
    if (end && any < end && (sequence[any] & 0x7f) == 0x63) {
        uint64_t to = branch_to(hart.pc + 4 * (uint64_t)any, sequence[any]);

        prove_check(to - hart.pc < after_sc - hart.pc || has(&step, to),
                    "and where branches leave");
    }
    for (unsigned i = 0; end && i < step.count; i++)
        prove_check(step.next[i] - hart.pc >= after_sc - hart.pc ||
                        step.next[i] == hart.stvec / 4 * 4,
                    "nothing between LR and SC, where it would break the reservation");
}
