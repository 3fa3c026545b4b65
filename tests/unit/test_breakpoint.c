/* Software breakpoints: what they do to the guest's memory, and what they leave alone. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vmm/debug/breakpoint.h"

#define BASE    0x80000000
#define SIZE    0x10000
#define EBREAK  0x00100073
#define CEBREAK 0x9002
#define GVA     0x4010 /* a program's address */

static struct guest_mem mem;
static struct breakpoints points;

static int
begin(void **state)
{
    (void)state;
    if (guest_mem_create(&mem, BASE, SIZE))
        return -1;
    for (unsigned i = 0; i < SIZE; i++)
        mem.hva[i] = (uint8_t)(i * 31 + i / 256);
    memset(&points, 0, sizeof(points));
    points.mem = &mem;
    points.width = 2;
    return 0;
}

static int
end(void **state)
{
    (void)state;
    guest_mem_destroy(&mem);
    return 0;
}

static uint16_t
half(uint64_t gpa)
{
    uint16_t bits;

    memcpy(&bits, guest_mem_slice(&mem, gpa, sizeof(bits)), sizeof(bits));
    return bits;
}

/* gdb removes each kind by itself: the EBREAK is there for as long as one of them is set. */
static void
test_kinds(void **state)
{
    (void)state;
    assert_true(breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE));
    assert_false(breakpoint_clear(&points, GVA, BREAKPOINT_HARDWARE));
    assert_true(breakpoint_set(&points, GVA, BREAKPOINT_HARDWARE));
    assert_true(breakpoint_clear(&points, GVA, BREAKPOINT_SOFTWARE));
    assert_false(breakpoint_clear(&points, GVA, BREAKPOINT_SOFTWARE));
    assert_true(breakpoint_is_set(&points, GVA));
    assert_true(breakpoint_clear(&points, GVA, BREAKPOINT_HARDWARE));
    assert_false(breakpoint_is_set(&points, GVA));
    assert_int_equal(points.set_count, 0);
}

static void
test_set(void **state)
{
    (void)state;
    assert_true(breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE));
    assert_true(breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE)); /* twice is once */
    assert_true(breakpoint_is_set(&points, GVA));
    assert_true(breakpoint_clear(&points, GVA, BREAKPOINT_SOFTWARE));
    assert_false(breakpoint_clear(&points, GVA, BREAKPOINT_SOFTWARE));
    for (uint64_t gva = 0; gva < BREAKPOINTS_MAX; gva++)
        assert_true(breakpoint_set(&points, gva, BREAKPOINT_SOFTWARE));
    assert_false(breakpoint_set(&points, BREAKPOINTS_MAX, BREAKPOINT_SOFTWARE));
    assert_true(breakpoint_clear(&points, 7, BREAKPOINT_SOFTWARE));
    assert_true(breakpoint_set(&points, BREAKPOINTS_MAX, BREAKPOINT_SOFTWARE));
    assert_true(breakpoint_is_set(&points, BREAKPOINTS_MAX - 1));
}

/* Memory is as before, for both widths. */
static void
test_plant(void **state)
{
    static uint8_t before[SIZE];

    (void)state;
    memcpy(before, mem.hva, SIZE);
    for (unsigned width = 2; width <= 4; width += 2) {
        uint32_t bits;

        points.width = width;
        assert_true(breakpoint_plant(&points, GVA, BASE + 0x1000, false));
        assert_true(breakpoint_plant(&points, GVA + 8, BASE + 0x1008, true));
        assert_true(breakpoint_plant(&points, GVA, BASE + 0x1000, false)); /* twice is once */
        assert_true(breakpoint_plant(&points, GVA, BASE + SIZE - width, false));
        assert_true(breakpoint_is_planted(&points, BASE + 0x1000));
        assert_false(breakpoint_is_planted(&points, BASE + 0x1004));
        memcpy(&bits, mem.hva + 0x1000, sizeof(bits));
        assert_int_equal(width == 2 ? (uint16_t)bits : bits, width == 2 ? CEBREAK : EBREAK);
        assert_int_equal(mem.hva[0x1000 + width], before[0x1000 + width]);
        breakpoint_unplant(&points);
        assert_memory_equal(mem.hva, before, SIZE);
        /* Not in RAM, or not where an instruction can be. */
        assert_false(breakpoint_plant(&points, GVA, BASE - 4, false));
        assert_false(breakpoint_plant(&points, GVA, BASE + SIZE, false));
        assert_false(breakpoint_plant(&points, GVA, UINT64_MAX - 1, false));
        assert_false(breakpoint_plant(&points, GVA, BASE + 1, false));
        assert_memory_equal(mem.hva, before, SIZE);
    }
    for (unsigned i = 0; i < PLANTS_MAX; i++)
        assert_true(breakpoint_plant(&points, 4 * i, BASE + 4 * i, true));
    assert_false(breakpoint_plant(&points, GVA, BASE + 4 * PLANTS_MAX, true));
    breakpoint_unplant(&points);
    assert_memory_equal(mem.hva, before, SIZE);
}

/* A page that the guest has put to another use keeps what the guest wrote. */
static void
test_reused(void **state)
{
    (void)state;
    breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE);
    breakpoint_plant(&points, GVA, BASE + 0x1010, false);
    memset(mem.hva + 0x1000, 0x55, 0x1000);
    breakpoint_unplant(&points);
    assert_int_equal(half(BASE + 0x1010), 0x5555);
    breakpoint_replant(&points);
    assert_int_equal(half(BASE + 0x1010), 0x5555);
}

/* Where a process's page is not mapped now it is planted again, unless the code is another. */
static void
test_replant(void **state)
{
    (void)state;
    breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE);
    breakpoint_plant(&points, GVA, BASE + 0x1010, false);
    breakpoint_plant(&points, GVA, BASE + 0x2010, false);
    breakpoint_plant(&points, GVA + 4, BASE + 0x1014, false); /* beside it, not set */
    breakpoint_plant(&points, GVA + 8, BASE + 0x3018, true);  /* a step's */
    breakpoint_unplant(&points);
    mem.hva[0x201f] ^= 1; /* near the second */
    breakpoint_replant(&points);
    assert_int_equal(half(BASE + 0x1010), CEBREAK);
    assert_int_not_equal(half(BASE + 0x2010), CEBREAK);
    assert_int_not_equal(half(BASE + 0x1014), CEBREAK);
    assert_int_not_equal(half(BASE + 0x3018), CEBREAK);
    breakpoint_unplant(&points);
    breakpoint_clear(&points, GVA, BREAKPOINT_SOFTWARE);
    breakpoint_replant(&points);
    assert_int_not_equal(half(BASE + 0x1010), CEBREAK);
    assert_int_equal(points.plant_count, 0);
}

/* A fork: the page at 0x1000 is copied to 0x5000 with what is planted in it. */
static void
test_copy(void **state)
{
    uint16_t original = half(BASE + 0x1010);

    (void)state;
    breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE);
    breakpoint_plant(&points, GVA, BASE + 0x1010, false);
    memcpy(mem.hva + 0x5000, mem.hva + 0x1000, 0x1000);
    memcpy(mem.hva + 0x6000, mem.hva + 0x1000, 0x1000);
    /* Hit while it is set: it counts as planted from now on. */
    assert_false(breakpoint_is_planted(&points, BASE + 0x5010));
    assert_true(breakpoint_copy(&points, GVA, BASE + 0x5010, true));
    assert_true(breakpoint_is_planted(&points, BASE + 0x5010));
    breakpoint_unplant(&points);
    assert_int_equal(half(BASE + 0x5010), original);
    breakpoint_replant(&points);
    assert_int_equal(half(BASE + 0x5010), CEBREAK);
    breakpoint_unplant(&points);
    /* Hit after it was removed: it goes away. */
    breakpoint_clear(&points, GVA, BREAKPOINT_SOFTWARE);
    assert_int_equal(half(BASE + 0x6010), CEBREAK);
    assert_true(breakpoint_copy(&points, GVA, BASE + 0x6010, false));
    assert_int_equal(half(BASE + 0x6010), original);
    assert_int_equal(points.plant_count, 0);
    /* There is none now. */
    assert_false(breakpoint_copy(&points, GVA, BASE + 0x6010, false));
}

/* An EBREAK of the guest's own stays, also where a breakpoint was set on it. */
static void
test_own(void **state)
{
    const uint16_t own = CEBREAK;

    (void)state;
    memcpy(mem.hva + 0x1010, &own, sizeof(own));
    assert_false(breakpoint_copy(&points, GVA, BASE + 0x1010, false));
    breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE);
    breakpoint_plant(&points, GVA, BASE + 0x1010, false);
    assert_true(breakpoint_is_planted(&points, BASE + 0x1010));
    breakpoint_unplant(&points);
    assert_int_equal(half(BASE + 0x1010), CEBREAK);
    assert_false(breakpoint_copy(&points, GVA, BASE + 0x1010, false));
    assert_int_equal(half(BASE + 0x1010), CEBREAK);
}

/* Steps leave many behind: those of breakpoints are not forgotten for them. */
static void
test_forgotten(void **state)
{
    (void)state;
    breakpoint_set(&points, GVA, BREAKPOINT_SOFTWARE);
    breakpoint_plant(&points, GVA, BASE + 0x1010, false);
    breakpoint_unplant(&points);
    for (unsigned i = 0; i < 3 * FORMER_MAX; i++) {
        breakpoint_plant(&points, 8 * i, BASE + 0x2000 + 8 * i, true);
        breakpoint_unplant(&points);
    }
    breakpoint_replant(&points);
    assert_true(breakpoint_is_planted(&points, BASE + 0x1010));
    assert_int_equal(points.plant_count, 1);
    breakpoint_unplant(&points);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_set, begin, end),
        cmocka_unit_test_setup_teardown(test_kinds, begin, end),
        cmocka_unit_test_setup_teardown(test_plant, begin, end),
        cmocka_unit_test_setup_teardown(test_reused, begin, end),
        cmocka_unit_test_setup_teardown(test_replant, begin, end),
        cmocka_unit_test_setup_teardown(test_copy, begin, end),
        cmocka_unit_test_setup_teardown(test_own, begin, end),
        cmocka_unit_test_setup_teardown(test_forgotten, begin, end),
    };

    return cmocka_run_group_tests_name("breakpoint", tests, NULL, NULL);
}
