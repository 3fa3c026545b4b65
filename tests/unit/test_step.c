/* Where an instruction leads, against what the assembler encoded (step_code.S). */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/riscv.h"
#include "vmm/debug/step.h"

#define CODE_BASE 0x200000 /* as it is linked: rules.mk */
#define HANDLER   0x7000

struct header {
    uint64_t cases, cases_end, sequences, sequences_end, ranges, ranges_end;
};

struct step_case {
    uint64_t pc, a0, a1, next, is_address; /* else a distance */
};

static union {
    struct header header;
    uint8_t bytes[65536];
} code;
static size_t code_size;

static int
code_load(void **state)
{
    FILE *file = fopen(STEP_CODE, "rb");

    (void)state;
    if (!file)
        return -1;
    code_size = fread(code.bytes, 1, sizeof(code.bytes), file);
    fclose(file);
    return code_size > sizeof(code.header) && code_size < sizeof(code.bytes) ? 0 : -1;
}

static const void *
code_at(uint64_t address)
{
    assert_in_range(address, CODE_BASE, CODE_BASE + code_size);
    return code.bytes + (address - CODE_BASE);
}

static bool
fetch(void *context, uint64_t pc, uint16_t *parcel)
{
    (void)context;
    if (pc < CODE_BASE || pc - CODE_BASE > code_size - sizeof(*parcel))
        return false;
    memcpy(parcel, code.bytes + (pc - CODE_BASE), sizeof(*parcel));
    return true;
}

static bool
fetch_nothing(void *context, uint64_t pc, uint16_t *parcel)
{
    (void)context, (void)pc, (void)parcel;
    return false;
}

static void
test_cases(void **state)
{
    const struct step_case *at = code_at(code.header.cases);
    const struct step_case *end = code_at(code.header.cases_end);

    (void)state;
    assert_true(end - at > 300);
    for (; at < end; at++) {
        uint64_t x[X_COUNT] = {[X_A0] = at->a0, [X_A1] = at->a1};
        struct step_hart hart = {.pc = at->pc, .x = x};
        struct step step = step_decode(&hart, fetch, NULL);
        uint64_t next = at->is_address ? at->next : at->pc + at->next;
        uint32_t bits;

        memcpy(&bits, code_at(at->pc), sizeof(bits));
        expect(step.count == 1 && step.next[0] == next,
               "0x%08x at 0x%lx, a0 0x%lx, a1 0x%lx: to 0x%lx, want 0x%lx", bits, at->pc, at->a0,
               at->a1, step.next[0], next);
    }
}

static bool
has(const struct step *step, uint64_t pc)
{
    for (unsigned i = 0; i < step->count; i++)
        if (step->next[i] == pc)
            return true;
    return false;
}

static void
test_sequences(void **state)
{
    const uint64_t *at = code_at(code.header.sequences);
    const uint64_t *end = code_at(code.header.sequences_end);
    unsigned count = 0;

    (void)state;
    for (; at < end; count++) {
        uint64_t x[X_COUNT] = {0}, start = *at++, ends = *at++;
        struct step_hart hart = {.pc = start, .x = x, .stvec = HANDLER};
        struct step step = step_decode(&hart, fetch, NULL);

        expect(step.count == ends + 1, "sequence at 0x%lx: %u ends, want %lu", start, step.count,
               ends + 1);
        assert_true(has(&step, HANDLER));
        for (; ends > 0; ends--, at++)
            expect(has(&step, *at), "sequence at 0x%lx: 0x%lx is no end", start, *at);
    }
    assert_int_equal(count, 6);
}

static void
test_ranges(void **state)
{
    const uint64_t *at = code_at(code.header.ranges);
    const uint64_t *end = code_at(code.header.ranges_end);
    unsigned count = 0;

    (void)state;
    for (; at < end; count++) {
        uint64_t x[X_COUNT] = {[X_A1] = 1}, pc = at[0], from = at[1], to = at[2], stops = at[3];
        struct step_hart hart = {.pc = pc, .x = x, .stvec = HANDLER};
        struct step step = step_decode_range(&hart, from, to, fetch, NULL);

        expect(step.count == stops + 1, "range at 0x%lx from 0x%lx: %u stops, want %lu", from, pc,
               step.count, stops + 1);
        assert_true(has(&step, HANDLER));
        for (at += 4; stops > 0; stops--, at++)
            expect(has(&step, *at), "range at 0x%lx from 0x%lx: no stop at 0x%lx", from, pc, *at);
    }
    assert_int_equal(count, 9);
}

/* One instruction, given by its bits. */
static struct step
step_over(uint32_t bits, struct step_hart hart)
{
    static const uint64_t x[X_COUNT];
    uint8_t *place = code.bytes + code_size - sizeof(bits);
    uint32_t before;
    struct step step;

    memcpy(&before, place, sizeof(before));
    memcpy(place, &bits, sizeof(bits));
    hart.pc = CODE_BASE + code_size - sizeof(bits);
    hart.x = x;
    step = step_decode(&hart, fetch, NULL);
    memcpy(place, &before, sizeof(before));
    return step;
}

static void
test_traps(void **state)
{
    const uint32_t ecall = 0x00000073, ebreak = 0x00100073, cebreak = 0x9002, sret = 0x10200073,
                   nop = 0x00000013;
    const uint64_t pc = CODE_BASE + code_size - 4;
    struct step_hart user = {.stvec = HANDLER | 1, .sepc = 0x1235, .user = true};
    struct step_hart kernel = {.stvec = HANDLER | 1, .sepc = 0x1235};
    uint64_t x[X_COUNT] = {0};
    struct step step;

    (void)state;
    /* Any instruction may fault; vectored mode is for interrupts. */
    step = step_over(nop, kernel);
    assert_true(step.count == 2 && has(&step, pc + 4) && has(&step, HANDLER) && !step.system);
    step = step_over(ecall, kernel);
    assert_true(step.count == 2 && has(&step, pc + 4) && step.system);
    step = step_over(ecall, user);
    assert_true(step.count == 1 && has(&step, HANDLER));
    step = step_over(ebreak, kernel);
    assert_true(step.count == 1 && has(&step, HANDLER));
    step = step_over(cebreak, user);
    assert_true(step.count == 1 && has(&step, HANDLER));
    step = step_over(sret, kernel);
    assert_true(step.count == 2 && has(&step, 0x1234) && step.system);
    /* No code there: the fetch faults. */
    kernel.x = x;
    step = step_decode(&kernel, fetch_nothing, NULL);
    assert_true(step.count == 1 && has(&step, HANDLER));
    /* On the handler's first instruction the handler is not next. */
    kernel.pc = pc;
    kernel.stvec = pc;
    step = step_decode(&kernel, fetch, NULL);
    assert_false(has(&step, pc));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_traps),
    };

    return cmocka_run_group_tests_name("step", tests, code_load, NULL);
}
