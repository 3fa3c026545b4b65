/* The last hypercalls of a report: which, in which order, decoded as the trace does it. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/handlers.h"
#include "vmm/machine/vm.h"
#include "vmm/report/recent.h"

#define BASE 0x80000000
#define SIZE 0x10000

static struct vm vm;
static struct recent_shown shown;

static int
begin(void **state)
{
    (void)state;
    memset(&vm, 0, sizeof(vm));
    vm.vcpu_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        vm.vcpu[i].vm = &vm;
        vm.vcpu[i].id = i;
    }
    handler_ret = sbi_value(0);
    return guest_mem_create(&vm.mem, BASE, SIZE);
}

static int
end(void **state)
{
    (void)state;
    guest_mem_destroy(&vm.mem);
    return 0;
}

/* Makes a call of vCPU `id`, at `at` ticks. */
static void
call_make(unsigned id, uint64_t at, uint64_t nr, uint64_t a0, uint64_t a1, struct sbi_ret ret)
{
    struct vcpu *vcpu = &vm.vcpu[id];
    uint64_t n = vcpu->stats.exits[EXIT_HYPERCALL];
    const uint64_t reg[6] = {a0, a1, 3, 4, 5, 6};

    handler_ret = ret;
    hypercall_serve(vcpu, nr, reg);
    vcpu->recent.call[n % RECENT_CALLS].at = at;
}

/* What is printed below the title, for a report at `at` ticks. */
static const char *
printed(uint64_t at, uint64_t ticks_hz)
{
    static char kept[65536];
    char *text, *newline;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    recent_take(&shown, &vm);
    shown.at = at;
    recent_print(&shown, ticks_hz, to);
    fclose(to);
    newline = strchr(text, '\n');
    assert_non_null(newline);
    snprintf(kept, sizeof(kept), "%s", newline + 1);
    free(text);
    return kept;
}

static void
no_call_at_all_is_said(void **state)
{
    (void)state;
    assert_string_equal(printed(0, 0), "  none\n");
}

static void
calls_are_decoded_with_their_results(void **state)
{
    (void)state;
    strcpy((char *)vm.mem.hva + 0x100, "hello\n");
    call_make(0, 10, DUET_CALL_null, 7, 8, sbi_value(0));
    call_make(0, 20, DUET_CALL_console_write, BASE + 0x100, 6, sbi_value(6));
    call_make(0, 30, DUET_CALL_power_off, 200, 0, sbi_error(SBI_ERR_INVALID_PARAM));
    call_make(0, 40, DUET_CALL_entropy, BASE + 0x100, 6, sbi_value(2));
    assert_string_equal(printed(40, 0), "  0 null() = 0\n"
                                        "  0 console_write(\"hello\\n\", 6) = 6\n"
                                        "  0 power_off(200) = -3 INVALID_PARAM\n"
                                        "  0 entropy(\"he\", 6) = 2\n");
}

static void
buffers_are_shown_as_the_calls_had_them(void **state)
{
    static const char line[] = "a line that is longer than a record shows";
    char *text = (char *)vm.mem.hva;

    (void)state;
    strcpy(text, line);
    call_make(0, 10, DUET_CALL_console_write, BASE, sizeof(line) - 1, sbi_value(sizeof(line) - 1));
    memset(text, 0, sizeof(line));
    strcpy(text + 0x100, "typed");
    call_make(0, 20, DUET_CALL_console_read, BASE + 0x100, 8, sbi_value(5));
    memset(text + 0x100, 0, 8);
    assert_string_equal(printed(20, 0),
                        "  0 console_write(\"a line that is longer than a rec\"..., 41) = 41\n"
                        "  0 console_read(\"typed\", 8) = 5\n");
}

static void
a_call_that_has_not_returned_has_no_result(void **state)
{
    struct vcpu *vcpu = &vm.vcpu[1];

    (void)state;
    strcpy((char *)vm.mem.hva, "left over");
    call_make(1, 10, DUET_CALL_console_read, BASE, 8, sbi_value(8));
    vcpu->recent.call[0].returned = 0;
    assert_string_equal(printed(10, 0), "  1 console_read(0x80000000, 8) = ?\n");
}

static void
only_the_last_are_shown(void **state)
{
    char want[4096];
    int len = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        call_make(0, i, DUET_CALL_clock_wall, 0, 0, sbi_value(i));
    for (unsigned i = 100 - RECENT_CALLS; i < 100; i++)
        len += snprintf(want + len, sizeof(want) - (size_t)len, "  0 clock_wall() = %u\n", i);
    assert_string_equal(printed(100, 0), want);
}

static void
those_of_all_harts_are_in_the_order_of_time(void **state)
{
    char want[4096];
    int len = 0;

    (void)state;
    /* Hart 1 made its calls between those of hart 0; of those that were made in one tick hart 0's
     * are first, and each hart's in its own order. */
    for (unsigned i = 0; i < 20; i++)
        call_make(0, 100 + i, DUET_CALL_clock_wall, 0, 0, sbi_value(i));
    for (unsigned i = 0; i < 3; i++)
        call_make(1, 117, DUET_CALL_console_size, 0, 0, sbi_value(i));
    for (unsigned i = 7; i < 20; i++) {
        len += snprintf(want + len, sizeof(want) - (size_t)len, "  0 clock_wall() = %u\n", i);
        for (unsigned j = 0; i == 17 && j < 3; j++)
            len += snprintf(want + len, sizeof(want) - (size_t)len, "  1 console_size() = %u\n", j);
    }
    assert_string_equal(printed(120, 0), want);
}

static void
times_are_seconds_before_the_end(void **state)
{
    (void)state;
    call_make(0, 1000, DUET_CALL_null, 0, 0, sbi_value(0));
    call_make(0, 10000999, DUET_CALL_null, 0, 0, sbi_value(0));
    call_make(1, 20000000, DUET_CALL_null, 0, 0, sbi_value(0)); /* while they were taken */
    assert_string_equal(printed(10001009, 10000000), "  -1.000000 0 null() = 0\n"
                                                     "  -0.000001 0 null() = 0\n"
                                                     "  -0.000000 1 null() = 0\n");
}

/* A terminal must not obey the guest. */
static void
unprintable_text_is_escaped(void **state)
{
    (void)state;
    memcpy(vm.mem.hva, "\033[2J\x9b\"\\\0\x7f", 9);
    call_make(0, 1, DUET_CALL_console_write, BASE, 9, sbi_value(9));
    assert_string_equal(printed(1, 0),
                        "  0 console_write(\"\\x1b[2J\\x9b\\\"\\\\\\x00\\x7f\", 9) = 9\n");
}

static void
long_text_is_cut(void **state)
{
    const char *text;

    (void)state;
    memset(vm.mem.hva, 'a', SIZE);
    call_make(0, 1, DUET_CALL_guest_panic, BASE, SIZE, sbi_value(0));
    text = printed(1, 0);
    expect_one_line(text);
    assert_true(strlen(text) < 200);
}

static void
buffers_outside_ram_are_addresses(void **state)
{
    (void)state;
    call_make(0, 1, DUET_CALL_console_write, BASE + SIZE - 1, 2, sbi_value(0));
    call_make(0, 2, DUET_CALL_console_write, 0, UINT64_MAX, sbi_value(0));
    assert_string_equal(printed(2, 0),
                        "  0 console_write(0x8000ffff, 2) = -5 INVALID_ADDRESS\n"
                        "  0 console_write(0x0, 18446744073709551615) = -5 INVALID_ADDRESS\n");
}

/* The record says that it was good once; it is looked at again. */
static void
a_buffer_that_is_no_longer_there_is_an_address(void **state)
{
    (void)state;
    call_make(0, 1, DUET_CALL_console_write, BASE + 0x8000, 2, sbi_value(2));
    vm.mem.size = 0x8000;
    assert_string_equal(printed(1, 0), "  0 console_write(0x80008000, 2) = 2\n");
}

static void
unknown_calls_are_numbers(void **state)
{
    (void)state;
    call_make(0, 1, UINT64_MAX, 0, 0, sbi_value(0));
    assert_string_equal(printed(1, 0),
                        "  0 unknown hypercall(0xffffffffffffffff) = -2 NOT_SUPPORTED\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_call_at_all_is_said),
        TEST(calls_are_decoded_with_their_results),
        TEST(buffers_are_shown_as_the_calls_had_them),
        TEST(a_call_that_has_not_returned_has_no_result),
        TEST(only_the_last_are_shown),
        TEST(those_of_all_harts_are_in_the_order_of_time),
        TEST(times_are_seconds_before_the_end),
        TEST(unprintable_text_is_escaped),
        TEST(long_text_is_cut),
        TEST(buffers_outside_ram_are_addresses),
        TEST(a_buffer_that_is_no_longer_there_is_an_address),
        TEST(unknown_calls_are_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
