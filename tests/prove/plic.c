/*
 * The board's interrupt controller: any access of a guest to its registers, any claim and
 * completion, in any state (PLIC 1.0.0).
 *
 * Bounds: of each word of 32 interrupts two can be claimed, six in all. The search goes from one to
 * the next, and keeps the best so far: which of two that is, is a property of its own.
 */
#include "tests/prove/prove.h"

#include "vmm/board/plic.c"

/* with: tests/prove/log.c */

static struct plic plic, before;

void
bus_describe(const struct vm *vm, struct bus_access *access, const char *format, ...)
{
    (void)vm;
    (void)access;
    (void)format;
}

static void
any_bits(uint32_t words[WORDS])
{
    for (unsigned i = 0; i < WORDS; i++)
        words[i] = prove_u32("bits");
}

/* The interrupts' state, and that of the context of this number. */
static struct plic_context *
any_plic(unsigned number)
{
    struct plic_context *context = &plic.context[number];

    prove_fill("priorities", plic.priority, sizeof(plic.priority));
    any_bits(plic.level);
    any_bits(plic.pending);
    any_bits(plic.claimed);
    any_bits(context->enabled);
    plic.pending[0] &= ~1u; /* there is no interrupt 0 */
    plic.claimed[0] &= ~1u;
    context->enabled[0] &= ~1u;
    context->threshold = (uint32_t)prove_below("threshold", PRIORITY_MAX + 1);
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t bits = plic.pending[i] & ~plic.claimed[i] & context->enabled[i];

        bits &= bits - 1;
        prove_assume((bits & (bits - 1)) == 0);
    }
    before = plic;
    return context;
}

/* Whether the context could claim it. */
static bool
can_claim(const struct plic_context *context, unsigned irq)
{
    return bit_is_set(before.pending, irq) && !bit_is_set(before.claimed, irq) &&
           bit_is_set(context->enabled, irq) && before.priority[irq] > 0;
}

/* All bits are as before, but for those of this interrupt. */
static void
check_others(unsigned irq, unsigned other)
{
    prove_check(other == irq ||
                    (bit_is_set(plic.pending, other) == bit_is_set(before.pending, other) &&
                     bit_is_set(plic.claimed, other) == bit_is_set(before.claimed, other)),
                "no other interrupt changes");
}

PROVE(plic_claim, 4, FULL)
{
    struct plic_context *context = any_plic(1);
    unsigned other = (unsigned)prove_below("another interrupt", PLIC_IRQ_MAX + 1);
    unsigned irq = irq_claim(&plic, context);

    prove_check(irq <= PLIC_IRQ_MAX, "one that there is");
    prove_check(irq == 0 || can_claim(context, irq), "pending, enabled, and of a priority (§8)");
    prove_check(irq == 0 || (!bit_is_set(plic.pending, irq) && bit_is_set(plic.claimed, irq)),
                "it is not pending any more, and in service");
    prove_check(irq || !can_claim(context, other), "none only if there is none");
    check_others(irq, other);
}

/* Of two interrupts that could be claimed. */
PROVE(plic_priority, 4, FULL)
{
    struct plic_context *context = &plic.context[1];
    unsigned one = 1 + (unsigned)prove_below("an interrupt but one", PLIC_IRQ_MAX);
    unsigned other = 1 + (unsigned)prove_below("another one but one", PLIC_IRQ_MAX), irq;

    prove_assume(one < other);
    plic.priority[one] = (uint8_t)(1 + prove_below("its priority but one", PRIORITY_MAX));
    plic.priority[other] = (uint8_t)(1 + prove_below("its priority but one", PRIORITY_MAX));
    for (unsigned i = 0; i < WORDS; i++)
        plic.pending[i] = context->enabled[i] =
            (i == one / 32 ? 1u << one % 32 : 0) | (i == other / 32 ? 1u << other % 32 : 0);
    irq = irq_claim(&plic, context);
    prove_check(irq == (plic.priority[other] > plic.priority[one] ? other : one),
                "the highest priority is first, and then the lowest number (§4)");
}

/* Whether a hart is interrupted: unlike a claim, that depends on the threshold (§6). */
PROVE(plic_threshold, 4, FULL)
{
    struct plic_context *context = any_plic(1);
    unsigned other = (unsigned)prove_below("any interrupt", PLIC_IRQ_MAX + 1);
    unsigned irq = irq_best(&plic, context, context->threshold);

    prove_check(hart_level(&plic, 0) == (irq != 0), "the first hart's is context 1");
    prove_check(irq == 0 || (can_claim(context, irq) && before.priority[irq] > context->threshold),
                "above the threshold");
    prove_check(irq || !can_claim(context, other) || before.priority[other] <= context->threshold,
                "if there is none, none is above it");
}

PROVE(plic_complete, 4, FULL)
{
    struct plic_context *context = any_plic(1);
    unsigned other = (unsigned)prove_below("another interrupt", PLIC_IRQ_MAX + 1);
    uint32_t irq = prove_u32("what is completed");
    bool is_there = irq > 0 && irq <= PLIC_IRQ_MAX && bit_is_set(context->enabled, irq);

    irq_complete(&plic, context, irq);
    check_others(is_there ? irq : 0, other);
    if (is_there)
        prove_check(!bit_is_set(plic.claimed, irq) &&
                        bit_is_set(plic.pending, irq) ==
                            (bit_is_set(before.pending, irq) || bit_is_set(before.level, irq)),
                    "it is not in service any more, and pending again as long as it is high (§9)");
}

/* Whether there is a register (§3), and what a store to it leaves in it. Another formula than the
 * code's: the contexts' parts are compared, not divided. */
static bool
is_register(const struct bus_access *access, unsigned contexts)
{
    uint64_t at = access->offset;

    if (at < 0x1000)
        return at >= 4 && at < 4 * (PLIC_IRQ_MAX + 1);
    if (at < 0x2000)
        return !access->is_store && at < 0x1000 + 4 * WORDS;
    if (at < 0x200000)
        return at < 0x2000 + 0x80 * (uint64_t)contexts && (at & 0x7f) < 4 * WORDS;
    return at < 0x200000 + 0x1000 * (uint64_t)contexts && (at & 0xfff) < 8 && at % 4 == 0;
}

/* From registers of zeros, for what is a register does not depend on them. A claim has a proof of
 * its own. */
PROVE(plic_decode, 4, FULL)
{
    struct vm *vm = malloc(offsetof(struct vm, vcpu));
    unsigned any = (unsigned)prove_below("any context", CONTEXTS_MAX);
    unsigned irq = (unsigned)prove_below("any interrupt", PLIC_IRQ_MAX + 1);
    const struct plic_context *context = &plic.context[any];
    struct bus_access access = {
        .offset = prove_below("offset", BOARD_PLIC_SIZE),
        .len = 4,
        .is_store = prove_bool("a store"),
        .data = prove_u32("data"),
    };
    bool good;

    prove_assume(vm);
    plic.vm = vm;
    vm->vcpu_count = 1 + (unsigned)prove_below("harts but one", CPUS_MAX);
    if (!access.is_store)
        access.data = 0;
    prove_assume(access.is_store || access.offset < CONTEXT_BASE ||
                 access.offset % CONTEXT_STRIDE != CLAIM);
    good = register_serve(&plic, &access);
    prove_check(good == is_register(&access, 2 * vm->vcpu_count), "what is a register is served");
    prove_check(!(context->enabled[0] & 1) && context->threshold <= PRIORITY_MAX &&
                    plic.priority[irq] <= PRIORITY_MAX,
                "no interrupt 0 is enabled, and nothing has a higher priority than there are");
    prove_check((access.is_store && good) ||
                    (!context->threshold && !context->enabled[irq / 32] && !plic.priority[irq]),
                "a load changes nothing, nor does what is no register");
    prove_check(!plic.pending[irq / 32] && !plic.claimed[irq / 32],
                "nothing is pending or in service by a store");
}
