/* Where a hart may go from an instruction. */
#include "vmm/debug/step.h"

enum { /* the low seven bits of a 32-bit instruction */
       OP_BRANCH = 0x63,
       OP_JALR = 0x67,
       OP_JAL = 0x6f,
       OP_SYSTEM = 0x73,
       OP_AMO = 0x2f,
};

enum { AMO_LR = 0x02, AMO_SC = 0x03 }; /* bits 31:27 */

#define INSN_ECALL   0x00000073
#define INSN_EBREAK  0x00100073
#define INSN_SRET    0x10200073
#define INSN_CEBREAK 0x9002

/* A constrained LR/SC loop has 16 instructions at most (Unprivileged, "A", Eventual Success). */
#define ATOMIC_MAX 16

struct insn {
    uint32_t bits;
    /* The length in bytes: 2 or 4, or more for the reserved formats of longer instructions. */
    unsigned len;
};

/* Takes `count` bits of `bits` from position `from`, and places them at position `to`. */
static uint32_t
field(uint32_t bits, unsigned from, unsigned count, unsigned to)
{
    return (bits >> from & ((1u << count) - 1)) << to;
}

static uint64_t
sign_extend(uint32_t value, unsigned bits)
{
    return (uint64_t)((int64_t)((uint64_t)value << (64 - bits)) >> (64 - bits));
}

static uint64_t
immediate_b(uint32_t i)
{
    return sign_extend(
        field(i, 31, 1, 12) | field(i, 7, 1, 11) | field(i, 25, 6, 5) | field(i, 8, 4, 1), 13);
}

static uint64_t
immediate_j(uint32_t i)
{
    return sign_extend(
        field(i, 31, 1, 20) | field(i, 12, 8, 12) | field(i, 20, 1, 11) | field(i, 21, 10, 1), 21);
}

static uint64_t
immediate_cb(uint32_t i)
{
    return sign_extend(field(i, 12, 1, 8) | field(i, 5, 2, 6) | field(i, 2, 1, 5) |
                           field(i, 10, 2, 3) | field(i, 3, 2, 1),
                       9);
}

static uint64_t
immediate_cj(uint32_t i)
{
    return sign_extend(field(i, 12, 1, 11) | field(i, 8, 1, 10) | field(i, 9, 2, 8) |
                           field(i, 6, 1, 7) | field(i, 7, 1, 6) | field(i, 2, 1, 5) |
                           field(i, 11, 1, 4) | field(i, 3, 3, 1),
                       12);
}

static bool
insn_fetch(step_fetch *fetch, void *context, uint64_t pc, struct insn *insn)
{
    uint16_t low, high = 0;

    if (!fetch(context, pc, &low))
        return false;
    insn->len = (low & 0x03) != 0x03 ? 2 : (low & 0x1c) != 0x1c ? 4 : (low & 0x3f) == 0x1f ? 6 : 8;
    if (insn->len == 4 && !fetch(context, pc + 2, &high))
        return false;
    insn->bits = low | (uint32_t)high << 16;
    return true;
}

static bool
branch_taken(uint32_t funct3, uint64_t a, uint64_t b)
{
    bool holds = funct3 < 4 ? a == b : funct3 < 6 ? (int64_t)a < (int64_t)b : a < b;

    return holds != (funct3 & 1); /* BNE, BGE and BGEU are the negations */
}

/* The target of a conditional branch; false if the instruction is none. */
static bool
branch_target(struct insn insn, uint64_t pc, uint64_t *target)
{
    if (insn.len == 4 && (insn.bits & 0x7f) == OP_BRANCH)
        *target = pc + immediate_b(insn.bits);
    else if (insn.len == 2 && (insn.bits & 0xc003) == 0xc001) /* C.BEQZ, C.BNEZ */
        *target = pc + immediate_cb(insn.bits);
    else
        return false;
    return true;
}

/* False if there would be too many. */
static bool
next_add(struct step *step, uint64_t pc)
{
    for (unsigned i = 0; i < step->count; i++)
        if (step->next[i] == pc)
            return true;
    if (step->count == STEP_NEXT_MAX)
        return false;
    step->next[step->count++] = pc;
    return true;
}

static bool
is_atomic(struct insn insn, unsigned kind)
{
    return insn.len == 4 && (insn.bits & 0x7f) == OP_AMO && insn.bits >> 27 == kind;
}

/* Whether the instruction may be in a loop between LR and SC, apart from branches. */
static bool
is_plain(struct insn insn)
{
    uint32_t op = insn.bits & 0x7f;

    /* C.J, C.JR, C.JALR and C.EBREAK share their encodings with other instructions. */
    if (insn.len == 2)
        return (insn.bits & 0xe003) != 0xa001 && (insn.bits & 0xe07f) != 0x8002;
    return insn.len == 4 && op != OP_JAL && op != OP_JALR && op != OP_SYSTEM && op != OP_AMO;
}

/* The places after the LR at `pc`: behind its SC, and the targets of branches out of the sequence.
 * False if there is no SC. */
static bool
atomic_decode(uint64_t pc, step_fetch *fetch, void *context, struct step *step)
{
    uint64_t target[ATOMIC_MAX], at = pc;
    unsigned targets = 0;
    struct insn insn;

    for (unsigned i = 0; i < ATOMIC_MAX; i++, at += insn.len) {
        if (!insn_fetch(fetch, context, at, &insn))
            return false;
        if (is_atomic(insn, AMO_SC)) {
            uint64_t end = at + insn.len;

            next_add(step, end);
            for (unsigned t = 0; t < targets; t++)
                if (target[t] - pc >= end - pc)
                    next_add(step, target[t]);
            return true;
        }
        if (branch_target(insn, at, &target[targets]))
            targets++;
        else if (!is_plain(insn) && i > 0)
            return false;
    }
    return false;
}

static uint64_t
next_compressed(const struct step_hart *hart, uint32_t i)
{
    uint64_t next = hart->pc + 2;
    unsigned rs1 = i >> 7 & 0x1f, rs1_short = 8 + (i >> 7 & 0x7);

    if ((i & 0xe003) == 0xa001) /* C.J */
        return hart->pc + immediate_cj(i);
    if ((i & 0xe003) == 0xc001) /* C.BEQZ */
        return hart->x[rs1_short] == 0 ? hart->pc + immediate_cb(i) : next;
    if ((i & 0xe003) == 0xe001) /* C.BNEZ */
        return hart->x[rs1_short] != 0 ? hart->pc + immediate_cb(i) : next;
    if ((i & 0xe07f) == 0x8002 && rs1 != 0) /* C.JR, C.JALR */
        return hart->x[rs1] & ~1ULL;
    return next;
}

static uint64_t
next_full(const struct step_hart *hart, uint32_t i)
{
    uint64_t next = hart->pc + 4;
    uint64_t rs1 = hart->x[i >> 15 & 0x1f], rs2 = hart->x[i >> 20 & 0x1f];

    switch (i & 0x7f) {
    case OP_JAL:
        return hart->pc + immediate_j(i);
    case OP_JALR:
        return (rs1 + sign_extend(i >> 20, 12)) & ~1ULL;
    case OP_BRANCH:
        return branch_taken(i >> 12 & 7, rs1, rs2) ? hart->pc + immediate_b(i) : next;
    default:
        return i == INSN_SRET ? hart->sepc & ~1ULL : next;
    }
}

struct step
step_decode(const struct step_hart *hart, step_fetch *fetch, void *context)
{
    /* Exceptions go to the base address in both modes of stvec. */
    uint64_t handler = hart->stvec & ~3ULL;
    struct step step = {0};
    struct insn insn;

    if (insn_fetch(fetch, context, hart->pc, &insn)) {
        bool traps = insn.bits == INSN_EBREAK || insn.bits == INSN_CEBREAK ||
                     (insn.bits == INSN_ECALL && hart->user);

        step.system = insn.len == 4 && (insn.bits & 0x7f) == OP_SYSTEM;
        if (traps || (is_atomic(insn, AMO_LR) && atomic_decode(hart->pc, fetch, context, &step)))
            ;
        else if (insn.len == 2)
            next_add(&step, next_compressed(hart, insn.bits));
        else if (insn.len == 4)
            next_add(&step, next_full(hart, insn.bits));
        else
            next_add(&step, hart->pc + insn.len);
    }
    /* The first instruction of the handler is part of the step. */
    if (handler && handler != hart->pc)
        next_add(&step, handler);
    return step;
}

/* The largest range in bytes. A line of source is always smaller. */
#define RANGE_MAX 4096

/* Whether the instruction must be stepped alone: where it leads is not known before, or no
 * breakpoint may come soon after it. */
static bool
is_gate(struct insn insn)
{
    uint32_t op = insn.bits & 0x7f;

    if (insn.len == 2) /* C.JR, C.JALR, C.EBREAK */
        return (insn.bits & 0xe07f) == 0x8002;
    return insn.len != 4 || op == OP_JALR || op == OP_SYSTEM || is_atomic(insn, AMO_LR);
}

/* The target of a direct jump; false if the instruction is none. */
static bool
jump_target(struct insn insn, uint64_t pc, uint64_t *target)
{
    if (insn.len == 4 && (insn.bits & 0x7f) == OP_JAL)
        *target = pc + immediate_j(insn.bits);
    else if (insn.len == 2 && (insn.bits & 0xe003) == 0xa001)
        *target = pc + immediate_cj(insn.bits);
    else
        return false;
    return true;
}

/* The code that is reachable from the hart's pc without leaving the range. The rest may be data and
 * is not looked at. */
struct range {
    uint64_t start, end;
    step_fetch *fetch;
    void *context;
    unsigned todo_count;
    uint16_t todo[RANGE_MAX / 2]; /* in halfwords from the start */
    bool is_known[RANGE_MAX / 2]; /* also in halfwords */
};

/* Adds the code at `pc`, or an end outside of the range. False if there are too many ends. */
static bool
range_reach(struct range *range, struct step *step, uint64_t pc)
{
    uint64_t at = (pc - range->start) / 2;

    if (pc < range->start || pc >= range->end)
        return next_add(step, pc);
    if (!range->is_known[at])
        range->todo[range->todo_count++] = (uint16_t)at;
    range->is_known[at] = true;
    return true;
}

static bool
range_follow(struct range *range, struct step *step)
{
    while (range->todo_count > 0) {
        uint64_t pc = range->start + 2 * range->todo[--range->todo_count], target;
        struct insn insn;

        if (!insn_fetch(range->fetch, range->context, pc, &insn) || is_gate(insn)) {
            if (!next_add(step, pc))
                return false;
        } else if (jump_target(insn, pc, &target)) {
            if (!range_reach(range, step, target))
                return false;
        } else if ((branch_target(insn, pc, &target) && !range_reach(range, step, target)) ||
                   !range_reach(range, step, pc + insn.len)) {
            return false;
        }
    }
    return true;
}

struct step
step_decode_range(const struct step_hart *hart, uint64_t start, uint64_t end, step_fetch *fetch,
                  void *context)
{
    struct range range = {.start = start, .end = end, .fetch = fetch, .context = context};
    uint64_t handler = hart->stvec & ~3ULL;
    struct step step = {0};
    struct insn insn;

    if (hart->pc >= start && hart->pc < end && end - start <= RANGE_MAX && start % 2 == 0 &&
        insn_fetch(fetch, context, hart->pc, &insn) && !is_gate(insn) &&
        range_reach(&range, &step, hart->pc) && range_follow(&range, &step) &&
        (!handler || handler == hart->pc || next_add(&step, handler)))
        return step;
    return step_decode(hart, fetch, context);
}
