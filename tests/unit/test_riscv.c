/* The names of trap causes (Privileged 1.12 §4.1.8, table 4.2) and of registers (the psABI's). */
#include "tests/unit/unit.h"

#include "common/riscv.h"

#define INTERRUPT 0x8000000000000000

static const struct {
    uint64_t scause;
    const char *name;
} cause[] = {
    {0, "instruction address misaligned"},
    {1, "instruction access fault"},
    {2, "illegal instruction"},
    {3, "breakpoint"},
    {4, "load address misaligned"},
    {5, "load access fault"},
    {6, "store address misaligned"},
    {7, "store access fault"},
    {8, "environment call from U-mode"},
    {9, "environment call from S-mode"},
    {12, "instruction page fault"},
    {13, "load page fault"},
    {15, "store page fault"},
    {INTERRUPT | 1, "software interrupt"},
    {INTERRUPT | 5, "timer interrupt"},
    {INTERRUPT | 9, "external interrupt"},
};

static const char *const register_name[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static void
causes_have_the_names_of_the_specification(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cause); i++)
        assert_string_equal(riscv_cause_name(cause[i].scause), cause[i].name);
}

static const char *
name_wanted(uint64_t scause)
{
    for (size_t i = 0; i < COUNT_OF(cause); i++)
        if (cause[i].scause == scause)
            return cause[i].name;
    return "unknown cause";
}

static void
other_causes_are_unknown(void **state)
{
    (void)state;
    for (uint64_t code = 0; code < 100; code++) {
        assert_string_equal(riscv_cause_name(code), name_wanted(code));
        assert_string_equal(riscv_cause_name(INTERRUPT | code), name_wanted(INTERRUPT | code));
    }
    assert_string_equal(riscv_cause_name(INTERRUPT - 1), "unknown cause");
    assert_string_equal(riscv_cause_name(UINT64_MAX), "unknown cause");
    assert_string_equal(riscv_cause_name((uint64_t)1 << 32), "unknown cause");
}

static void
registers_have_the_names_of_the_abi(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 32; n++)
        assert_string_equal(riscv_register_name(n), register_name[n]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_have_the_names_of_the_specification),
        cmocka_unit_test(other_causes_are_unknown),
        cmocka_unit_test(registers_have_the_names_of_the_abi),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
