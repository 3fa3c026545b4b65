/* A line of the trace: exactly this text, behind the time stamp. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vmm/trace.h"
#include "vmm/vm.h"

/* Calls of our own, so that what is expected here does not move with the table. */
static const struct hypercall nothing = {.name = "nothing"};
static const struct hypercall plain = {
    .name = "plain", .param_count = 1, .param = {{KIND_VALUE, "value", 0}}};
static const struct hypercall mixed = {
    .name = "mixed",
    .param_count = 3,
    .param = {{KIND_FLAGS, "flags", 7}, {KIND_HANDLE, "which", 4}, {KIND_VALUE, "value", 0}}};
static const struct hypercall writer = {
    .name = "writer", .param_count = 1, .param = {{KIND_IN, "text", 0}}};
static const struct hypercall reader = {
    .name = "reader", .param_count = 1, .param = {{KIND_OUT, "text", 0}}};
static const struct hypercall three_buffers = {
    .name = "three_buffers",
    .param_count = 3,
    .param = {{KIND_IN, "a", 0}, {KIND_IN, "b", 0}, {KIND_IN, "c", 0}}};

static struct vm vm;
static struct vcpu *const vcpu = &vm.vcpu[3];
static char *text;
static size_t size;

static int
begin(void **state)
{
    struct timespec now;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &now);
    vm.start_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    vm.trace = open_memstream(&text, &size);
    vcpu->vm = &vm;
    vcpu->id = 3;
    return vm.trace ? 0 : -1;
}

static int
end(void **state)
{
    (void)state;
    if (vm.trace)
        fclose(vm.trace);
    free(text);
    text = NULL;
    return 0;
}

/* What was traced is one line: a time stamp, and then `want`. */
static void
traced(const char *want)
{
    unsigned seconds, microseconds;
    int at = -1;

    fflush(vm.trace);
    expect_one_line(text);
    text[strlen(text) - 1] = '\0';
    sscanf(text, "%u.%6u%n", &seconds, &microseconds, &at);
    expect(at > 0 && strchr(text, ' ') - strchr(text, '.') == 7,
           "want a time with six decimals, got: %s", text);
    expect(seconds < 60, "the time is not counted from the start: %s", text);
    assert_string_equal(text + at, want);
    fclose(vm.trace);
    free(text);
    vm.trace = open_memstream(&text, &size);
}

/* Traces a call with one buffer at guest physical 0x80001000, mapped to `data`. */
static void
trace_buffer(const struct hypercall *call, const void *data, uint64_t len, struct sbi_ret ret)
{
    const uint64_t reg[6] = {0x80001000, len};
    const struct hypercall_arg arg[6] = {
        {.value = reg[0], .data = (void *)(uintptr_t)data, .len = len}};

    trace_hypercall(vcpu, call, reg, arg, ret);
}

static void
trace_values(const struct hypercall *call, const uint64_t reg[6], struct sbi_ret ret)
{
    struct hypercall_arg arg[6] = {0};

    for (unsigned i = 0; i < 6; i++)
        arg[i].value = reg[i];
    trace_hypercall(vcpu, call, reg, arg, ret);
}

static void
a_call_without_arguments(void **state)
{
    (void)state;
    trace_values(&nothing, (const uint64_t[6]){1, 2, 3}, sbi_value(0));
    traced(" 3 nothing() = 0");
}

static void
small_values_are_decimal_and_large_ones_hexadecimal(void **state)
{
    (void)state;
    trace_values(&plain, (const uint64_t[6]){4095}, sbi_value(4095));
    traced(" 3 plain(4095) = 4095");
    trace_values(&plain, (const uint64_t[6]){4096}, sbi_value(4096));
    traced(" 3 plain(0x1000) = 0x1000");
    trace_values(&plain, (const uint64_t[6]){UINT64_MAX}, sbi_value(UINT64_MAX));
    traced(" 3 plain(0xffffffffffffffff) = 0xffffffffffffffff");
}

static void
flags_are_hexadecimal(void **state)
{
    (void)state;
    trace_values(&mixed, (const uint64_t[6]){5, 2, 9}, sbi_value(1));
    traced(" 3 mixed(0x5, 2, 9) = 1");
}

static void
text_is_quoted(void **state)
{
    (void)state;
    trace_buffer(&writer, "hello\n", 6, sbi_value(6));
    traced(" 3 writer(\"hello\\n\", 6) = 6");
    trace_buffer(&writer, "", 0, sbi_value(0));
    traced(" 3 writer(\"\", 0) = 0");
}

static void
what_is_not_printable_is_escaped(void **state)
{
    (void)state;
    trace_buffer(&writer, "a\"b\\c", 5, sbi_value(5));
    traced(" 3 writer(\"a\\\"b\\\\c\", 5) = 5");
    trace_buffer(&writer, "\0\t\r\033[2J", 7, sbi_value(7));
    traced(" 3 writer(\"\\x00\\x09\\x0d\\x1b[2J\", 7) = 7");
    trace_buffer(&writer, " ~\x7f\x80\xff%s", 7, sbi_value(7));
    traced(" 3 writer(\" ~\\x7f\\x80\\xff%s\", 7) = 7");
}

static void
long_buffers_are_cut(void **state)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    (void)state;
    trace_buffer(&writer, alphabet, 32, sbi_value(32));
    traced(" 3 writer(\"abcdefghijklmnopqrstuvwxyz012345\", 32) = 32");
    trace_buffer(&writer, alphabet, 33, sbi_value(33));
    traced(" 3 writer(\"abcdefghijklmnopqrstuvwxyz012345\"..., 33) = 33");
}

static void
a_filled_buffer_shows_what_was_filled(void **state)
{
    (void)state;
    trace_buffer(&reader, "hi there", 8, sbi_value(2));
    traced(" 3 reader(\"hi\", 8) = 2");
    trace_buffer(&reader, "hi there", 8, sbi_value(0));
    traced(" 3 reader(\"\", 8) = 0");
    trace_buffer(&reader, "hi there", 8, sbi_value(8));
    traced(" 3 reader(\"hi there\", 8) = 8");
    /* A value that is no count of bytes must not make it read beyond the buffer. */
    trace_buffer(&reader, "hi there", 2, sbi_value(UINT64_MAX));
    traced(" 3 reader(\"hi\", 2) = 0xffffffffffffffff");
}

static void
a_buffer_that_was_not_filled_is_an_address(void **state)
{
    (void)state;
    trace_buffer(&reader, "stale", 5, sbi_error(DUET_ERR_END_OF_FILE));
    traced(" 3 reader(0x80001000, 5) = -1000 END_OF_FILE");
}

static void
a_refused_buffer_is_an_address(void **state)
{
    (void)state;
    trace_buffer(&writer, NULL, 5, sbi_error(SBI_ERR_INVALID_ADDRESS));
    traced(" 3 writer(0x80001000, 5) = -5 INVALID_ADDRESS");
}

static void
a_read_buffer_is_shown_also_when_the_call_failed(void **state)
{
    (void)state;
    trace_buffer(&writer, "lost", 4, sbi_error(SBI_ERR_FAILED));
    traced(" 3 writer(\"lost\", 4) = -1 FAILED");
}

static void
errors_are_named(void **state)
{
    static const struct {
        int64_t error;
        const char *line;
    } name[] = {
        {-1, " 3 nothing() = -1 FAILED"},          {-2, " 3 nothing() = -2 NOT_SUPPORTED"},
        {-3, " 3 nothing() = -3 INVALID_PARAM"},   {-4, " 3 nothing() = -4 DENIED"},
        {-5, " 3 nothing() = -5 INVALID_ADDRESS"}, {-1000, " 3 nothing() = -1000 END_OF_FILE"},
        {-77, " 3 nothing() = -77 error"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(name); i++) {
        trace_values(&nothing, (const uint64_t[6]){0}, sbi_error(name[i].error));
        traced(name[i].line);
    }
}

/* Three buffers are the most that six registers hold; the largest RAM has 2^36 bytes. */
static void
the_longest_line_fits(void **state)
{
    const uint64_t len = (uint64_t)1 << 36;
    const uint64_t reg[6] = {0x80001000, len, 0x80002000, len, 0x80003000, len};
    static const char data[32];
    struct hypercall_arg arg[6];
    char want[1024], bytes[129] = "";

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        arg[i] = (struct hypercall_arg){.data = (void *)(uintptr_t)data, .len = len};
    trace_hypercall(vcpu, &three_buffers, reg, arg, sbi_value(UINT64_MAX));
    for (unsigned i = 0; i < sizeof(data); i++)
        strcat(bytes, "\\x00");
    snprintf(want, sizeof(want),
             " 3 three_buffers(\"%s\"..., 68719476736, \"%s\"..., 68719476736, "
             "\"%s\"..., 68719476736) = 0xffffffffffffffff",
             bytes, bytes, bytes);
    traced(want);
}

static void
an_unknown_call_is_a_number(void **state)
{
    (void)state;
    trace_unknown(vcpu, 0x1234);
    traced(" 3 hypercall 0x1234? = -2 NOT_SUPPORTED");
}

static void
sbi_calls_are_shown_too(void **state)
{
    const uint64_t reg[6] = {5, 0x80001000, 7};

    (void)state;
    trace_sbi(vcpu, SBI_BASE, SBI_BASE_PROBE, reg, sbi_value(1));
    traced(" 3 sbi base.3(0x5) = 1");
    trace_sbi(vcpu, SBI_DBCN, SBI_DBCN_WRITE, reg, sbi_value(5));
    traced(" 3 sbi dbcn.0(0x5, 0x80001000) = 5");
    trace_sbi(vcpu, 0x10203, 4, reg, sbi_error(SBI_ERR_NOT_SUPPORTED));
    traced(" 3 sbi 0x10203.4(0x5, 0x80001000, 0x7) = -2 NOT_SUPPORTED");
}

static void
nothing_is_traced_while_it_is_off(void **state)
{
    FILE *to = vm.trace;

    (void)state;
    vm.trace = NULL;
    trace_unknown(vcpu, 1);
    vm.trace = to;
    fflush(to);
    assert_int_equal(size, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_without_arguments),
        TEST(small_values_are_decimal_and_large_ones_hexadecimal),
        TEST(flags_are_hexadecimal),
        TEST(text_is_quoted),
        TEST(what_is_not_printable_is_escaped),
        TEST(long_buffers_are_cut),
        TEST(a_filled_buffer_shows_what_was_filled),
        TEST(a_buffer_that_was_not_filled_is_an_address),
        TEST(a_refused_buffer_is_an_address),
        TEST(a_read_buffer_is_shown_also_when_the_call_failed),
        TEST(errors_are_named),
        TEST(the_longest_line_fits),
        TEST(an_unknown_call_is_a_number),
        TEST(sbi_calls_are_shown_too),
        TEST(nothing_is_traced_while_it_is_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
