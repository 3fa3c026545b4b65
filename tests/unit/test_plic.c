/* The interrupt controller: PLIC 1.0.0, with S-mode's contexts where `virt` has them. */
#include "tests/unit/board_bus.h"

#include "vmm/board/board.h"
#include "vmm/board/plic.h"
#include "vmm/device/device.h"

#define PRIORITY(irq)      (BOARD_PLIC_BASE + 4 * (uint64_t)(irq))
#define PENDING            (BOARD_PLIC_BASE + 0x1000)
#define ENABLE(hart, word) (BOARD_PLIC_BASE + 0x2080 + 0x100 * (uint64_t)(hart) + 4 * (word))
#define THRESHOLD(hart)    (BOARD_PLIC_BASE + 0x201000 + 0x2000 * (uint64_t)(hart))
#define CLAIM(hart)        (THRESHOLD(hart) + 4)

static int
begin(void **state)
{
    (void)state;
    board_begin();
    return device_plic.create(&board_vm);
}

static int
end(void **state)
{
    (void)state;
    device_plic.destroy(&board_vm);
    return 0;
}

/* Lets an interrupt through to a hart. */
static void
let(unsigned hart, unsigned irq, unsigned priority)
{
    board_store(PRIORITY(irq), 4, priority);
    board_store(ENABLE(hart, irq / 32), 4, board_load(ENABLE(hart, irq / 32), 4) | 1u << irq % 32);
}

static void
an_event_is_pending_until_it_is_claimed(void **state)
{
    (void)state;
    let(1, 10, 1);
    assert_false(board_interrupts(1));
    plic_raise(&board_vm, 10);
    assert_true(board_interrupts(1));
    assert_false(board_interrupts(0));
    assert_int_equal(board_load(PENDING, 4), 1 << 10);
    assert_int_equal(board_load(CLAIM(1), 4), 10);
    assert_false(board_interrupts(1));
    assert_int_equal(board_load(PENDING, 4), 0);
    assert_int_equal(board_load(CLAIM(1), 4), 0);
    board_store(CLAIM(1), 4, 10);
    assert_false(board_interrupts(1));
}

static void
an_event_during_service_comes_after_completion(void **state)
{
    (void)state;
    let(0, 40, 2);
    plic_raise(&board_vm, 40);
    assert_int_equal(board_load(CLAIM(0), 4), 40);
    plic_raise(&board_vm, 40);
    assert_false(board_interrupts(0));
    assert_int_equal(board_load(CLAIM(0), 4), 0);
    board_store(CLAIM(0), 4, 40);
    assert_true(board_interrupts(0));
    assert_int_equal(board_load(CLAIM(0), 4), 40);
}

static void
an_event_is_taken_back_until_it_is_claimed(void **state)
{
    (void)state;
    let(0, 10, 1);
    plic_raise(&board_vm, 10);
    plic_withdraw(&board_vm, 10);
    assert_false(board_interrupts(0));
    assert_int_equal(board_load(PENDING, 4), 0);
    /* What is being served is a hart's to complete. */
    plic_raise(&board_vm, 10);
    assert_int_equal(board_load(CLAIM(0), 4), 10);
    plic_raise(&board_vm, 10);
    plic_withdraw(&board_vm, 10);
    board_store(CLAIM(0), 4, 10);
    assert_false(board_interrupts(0));
    /* A level is another cause. */
    plic_level(&board_vm, 10, true);
    plic_withdraw(&board_vm, 10);
    assert_true(board_interrupts(0));
    assert_int_equal(board_load(CLAIM(0), 4), 10);
    plic_withdraw(&board_vm, 10);
    assert_int_equal(board_load(PENDING, 4), 0);
}

static void
a_level_comes_again_as_long_as_it_is_high(void **state)
{
    (void)state;
    let(1, 5, 1);
    plic_level(&board_vm, 5, true);
    assert_int_equal(board_load(CLAIM(1), 4), 5);
    plic_level(&board_vm, 5, true);
    assert_false(board_interrupts(1));
    board_store(CLAIM(1), 4, 5);
    assert_true(board_interrupts(1));
    assert_int_equal(board_load(CLAIM(1), 4), 5);
    plic_level(&board_vm, 5, false);
    board_store(CLAIM(1), 4, 5);
    assert_false(board_interrupts(1));
    /* What was pending stays so, whatever became of its cause. */
    plic_level(&board_vm, 5, true);
    plic_level(&board_vm, 5, false);
    assert_int_equal(board_load(CLAIM(1), 4), 5);
}

static void
the_highest_priority_is_first_and_then_the_lowest_number(void **state)
{
    (void)state;
    let(0, 3, 1);
    let(0, 7, 4);
    let(0, 64, 4);
    let(0, 95, 7);
    plic_raise(&board_vm, 3);
    plic_raise(&board_vm, 64);
    plic_raise(&board_vm, 7);
    plic_raise(&board_vm, 95);
    assert_int_equal(board_load(CLAIM(0), 4), 95);
    assert_int_equal(board_load(CLAIM(0), 4), 7);
    assert_int_equal(board_load(CLAIM(0), 4), 64);
    assert_int_equal(board_load(CLAIM(0), 4), 3);
    assert_int_equal(board_load(CLAIM(0), 4), 0);
}

/* §6: only priorities above the threshold interrupt; §7: 0 never does. */
static void
the_threshold_holds_back_the_interrupt(void **state)
{
    (void)state;
    let(0, 9, 3);
    board_store(THRESHOLD(0), 4, 3);
    plic_raise(&board_vm, 9);
    assert_false(board_interrupts(0));
    board_store(THRESHOLD(0), 4, 2);
    assert_true(board_interrupts(0));
    board_store(PRIORITY(9), 4, 0);
    assert_false(board_interrupts(0));
    assert_int_equal(board_load(CLAIM(0), 4), 0);
    /* More than there are bits for is the most. */
    board_store(THRESHOLD(0), 4, 0xffffffff);
    assert_int_equal(board_load(THRESHOLD(0), 4), 7);
}

static void
a_hart_completes_only_what_it_has(void **state)
{
    (void)state;
    let(0, 12, 1);
    plic_raise(&board_vm, 12);
    assert_int_equal(board_load(CLAIM(0), 4), 12);
    plic_raise(&board_vm, 12);
    board_store(CLAIM(1), 4, 12); /* not enabled there */
    board_store(CLAIM(0), 4, 0);
    board_store(CLAIM(0), 4, 96);
    board_store(CLAIM(0), 4, 0xffffffff);
    assert_false(board_interrupts(0));
    board_store(CLAIM(0), 4, 12);
    assert_true(board_interrupts(0));
}

static void
two_harts_are_interrupted_and_one_has_it(void **state)
{
    (void)state;
    let(0, 20, 1);
    let(1, 20, 1);
    plic_raise(&board_vm, 20);
    assert_true(board_interrupts(0) && board_interrupts(1));
    assert_int_equal(board_load(CLAIM(1), 4), 20);
    assert_false(board_interrupts(0) || board_interrupts(1));
    assert_int_equal(board_load(CLAIM(0), 4), 0);
}

static void
what_is_no_register_faults(void **state)
{
    (void)state;
    assert_true(board_faults(PRIORITY(0), 4, false));
    assert_true(board_faults(PRIORITY(96), 4, true));
    assert_true(board_faults(PRIORITY(1), 1, false));
    assert_true(board_faults(PRIORITY(1), 8, true));
    assert_true(board_faults(PENDING, 4, true));
    assert_true(board_faults(PENDING + 12, 4, false));
    assert_true(board_faults(ENABLE(0, 3), 4, true));
    assert_true(board_faults(ENABLE(2, 0), 4, false));
    assert_true(board_faults(THRESHOLD(2), 4, false));
    assert_true(board_faults(CLAIM(0) + 4, 4, false));
    assert_true(board_faults(BOARD_PLIC_BASE + BOARD_PLIC_SIZE - 4, 4, true));
    /* There is no interrupt 0 to enable. */
    board_store(ENABLE(0, 0), 4, 0xffffffff);
    assert_int_equal(board_load(ENABLE(0, 0), 4), 0xfffffffe);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_pending_until_it_is_claimed, begin, end),
        cmocka_unit_test_setup_teardown(an_event_during_service_comes_after_completion, begin, end),
        cmocka_unit_test_setup_teardown(an_event_is_taken_back_until_it_is_claimed, begin, end),
        cmocka_unit_test_setup_teardown(a_level_comes_again_as_long_as_it_is_high, begin, end),
        cmocka_unit_test_setup_teardown(the_highest_priority_is_first_and_then_the_lowest_number,
                                        begin, end),
        cmocka_unit_test_setup_teardown(the_threshold_holds_back_the_interrupt, begin, end),
        cmocka_unit_test_setup_teardown(a_hart_completes_only_what_it_has, begin, end),
        cmocka_unit_test_setup_teardown(two_harts_are_interrupted_and_one_has_it, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_register_faults, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
