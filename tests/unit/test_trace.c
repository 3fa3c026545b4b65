/* A line of the trace: exactly this text, behind the time stamp. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmm/call/call_trace.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/clock.h"
#include "vmm/trace/trace_exit.h"
#include "vmm/version.h"

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
static char path[64], text[4096];

static int
opened(const char *name)
{
    snprintf(path, sizeof(path), "/tmp/duet-test-%d%s", getpid(), name);
    vm.trace = trace_open(path, "dir/guest.elf");
    vcpu->vm = &vm;
    vcpu->id = 3;
    return vm.trace ? 0 : -1;
}

static int
begin(void **state)
{
    (void)state;
    return opened("");
}

static int
begin_json(void **state)
{
    (void)state;
    return opened(".json");
}

static int
end(void **state)
{
    (void)state;
    if (vm.trace)
        trace_close(vm.trace);
    unlink(path);
    return 0;
}

/* What the file has now; it begins anew. */
static void
text_take(void)
{
    int fd = open(path, O_RDWR);
    ssize_t len = read(fd, text, sizeof(text) - 1);

    assert_true(len >= 0 && ftruncate(fd, 0) == 0);
    close(fd);
    text[len] = '\0';
}

/* What was traced is one line: a time stamp, `want`, and how long it took. */
static void
traced(const char *want)
{
    unsigned seconds, microseconds, took;
    int at = -1, tail = -1;
    char *behind;

    text_take();
    expect_one_line(text);
    sscanf(text, "%u.%6u%n", &seconds, &microseconds, &at);
    expect(at > 0 && strchr(text, ' ') - strchr(text, '.') == 7,
           "want a time with six decimals, got: %s", text);
    expect(seconds < 60, "the time is not counted from the start: %s", text);
    behind = strrchr(text, '<');
    assert_non_null(behind);
    sscanf(behind, "<%u.%6u>\n%n", &seconds, &took, &tail);
    expect(tail == 11 && seconds < 60, "want how long it took, got: %s", behind);
    behind[-1] = '\0';
    assert_string_equal(text + at, want);
}

/* Traces a call with one buffer at guest physical 0x80001000, mapped to `data`. */
static void
trace_buffer(const struct hypercall *call, const void *data, uint64_t len, struct sbi_ret ret)
{
    const uint64_t reg[6] = {0x80001000, len};
    const struct hypercall_arg arg[6] = {
        {.value = reg[0], .data = (void *)(uintptr_t)data, .len = len}};

    vcpu->entry_ns = vcpu->exit_ns = clock_ns();
    trace_hypercall(vcpu, call, reg, arg, ret);
}

static void
trace_values(const struct hypercall *call, const uint64_t reg[6], struct sbi_ret ret)
{
    struct hypercall_arg arg[6] = {0};

    for (unsigned i = 0; i < 6; i++)
        arg[i].value = reg[i];
    vcpu->entry_ns = vcpu->exit_ns = clock_ns();
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
        {-1, " 3 nothing() = -1 FAILED"},
        {-2, " 3 nothing() = -2 NOT_SUPPORTED"},
        {-3, " 3 nothing() = -3 INVALID_PARAM"},
        {-4, " 3 nothing() = -4 DENIED"},
        {-5, " 3 nothing() = -5 INVALID_ADDRESS"},
        {-1000, " 3 nothing() = -1000 END_OF_FILE"},
        {-6, " 3 nothing() = -6 ALREADY_AVAILABLE"},
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
    vcpu->entry_ns = vcpu->exit_ns = clock_ns();
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
    vcpu->entry_ns = vcpu->exit_ns = clock_ns();
    trace_unknown(vcpu, 0x1234);
    traced(" 3 unknown hypercall(0x1234) = -2 NOT_SUPPORTED");
}

static void
sbi_calls_are_shown_too(void **state)
{
    static const struct sbi_function functions[] = {
        {3, "ask", {"what"}}, {4, "tell", {"len", "address", "address_high"}}, {0}};
    static const struct sbi_extension talk = {.id = 0x10203, .name = "talk", .function = functions};
    static const struct sbi_extension silent = {.id = 0x10204, .name = "silent"};
    const uint64_t reg[6] = {5, 0x80001000, 7};

    (void)state;
    vcpu->entry_ns = vcpu->exit_ns = clock_ns();
    trace_sbi(vcpu, &talk, talk.id, 3, reg, sbi_value(1));
    traced(" 3 sbi ask(5) = 1");
    trace_sbi(vcpu, &talk, talk.id, 4, reg, sbi_value(5));
    traced(" 3 sbi tell(5, 0x80001000, 7) = 5");
    trace_sbi(vcpu, &talk, talk.id, 5, reg, sbi_error(SBI_ERR_NOT_SUPPORTED));
    traced(" 3 sbi talk(0x10203, 5, 5, 0x80001000, 7) = -2 NOT_SUPPORTED");
    trace_sbi(vcpu, &silent, silent.id, 0, reg, sbi_value(0));
    traced(" 3 sbi silent(0x10204, 0, 5, 0x80001000, 7) = 0");
    trace_sbi(vcpu, NULL, 0x10205, 4, reg, sbi_error(SBI_ERR_NOT_SUPPORTED));
    traced(" 3 sbi(0x10205, 4, 5, 0x80001000, 7) = -2 NOT_SUPPORTED");
}

static void
other_exits_are_shown_too(void **state)
{
    (void)state;
    vcpu->entry_ns = vcpu->exit_ns = clock_ns();
    trace_mmio(vcpu, 0x10000000, 4, true, 0x41, "access fault");
    traced(" 3 mmio store(0x10000000, 4, 65) = access fault");
    trace_mmio(vcpu, 0x10, 8, false, 0, "access fault");
    traced(" 3 mmio load(0x10, 8) = access fault");
    trace_system_event(vcpu, 2, "reset", 1);
    traced(" 3 system event(2, 1) = reset");
    trace_exit(vcpu, "kick", "");
    traced(" 3 kick()");
}

static void
other_threads_are_shown_by_their_name(void **state)
{
    unsigned track = trace_track(vm.trace, "disk 0");

    (void)state;
    assert_int_equal(trace_track(vm.trace, "disk 0"), track);
    trace_end(vm.trace, track, trace_begin(vm.trace), "read",
              TRACE_ARGS({"offset", 8192}, {"len", 512}), 512);
    traced(" disk 0: read(8192, 512) = 512");
    for (unsigned i = 0; i < 40; i++) { /* more than there is room for */
        char name[16];

        snprintf(name, sizeof(name), "thread %u", i);
        track = trace_track(vm.trace, name);
    }
    trace_end(vm.trace, track, trace_begin(vm.trace), "read", NULL, 0, -5);
    traced(" thread 14: read() = -5 INVALID_ADDRESS");
}

/* Slices of one track may only nest. */
static void
what_overlaps_has_two_records_in_json(void **state)
{
    (void)state;
    trace_end_async(vm.trace, trace_track(vm.trace, "disk 0"), trace_begin(vm.trace), 7, "read",
                    TRACE_ARGS({"len", 512}), 512);
    text_take();
    assert_non_null(strstr(text, "{\"ph\":\"b\",\"cat\":\"async\",\"id\":\"16.7\","));
    assert_non_null(strstr(text, "{\"ph\":\"e\",\"cat\":\"async\",\"id\":\"16.7\","));
    assert_non_null(strstr(text, "\"args\":{\"len\":512,\"value\":512}},\n"));
}

/* Lines of JSON: metadata, then for each exit the time in the guest and the exit itself. That the
 * whole is JSON is for the guest test to see, which has a parser. */
static void
json_has_a_slice_for_the_guest_and_one_for_the_exit(void **state)
{
    int pid = getpid();
    char want[512];

    (void)state;
    text_take();
    snprintf(want, sizeof(want),
             "[\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%d,\"tid\":1,"
             "\"args\":{\"name\":\"guest.elf, duet " DUET_VERSION "\"}},\n",
             pid);
    assert_string_equal(text, want);
    trace_buffer(&writer, "a\"\\\n\x1b", 5, sbi_value(5));
    text_take();
    assert_non_null(strstr(text, "{\"ph\":\"X\",\"name\":\"guest\","));
    assert_non_null(strstr(text, "\"tid\":4,"));
    assert_non_null(strstr(text, "{\"ph\":\"X\",\"name\":\"writer\","));
    assert_non_null(strstr(text, "\"args\":{\"text\":\"a\\\"\\\\\\n\\u001b\",\"text_len\":5,"
                                 "\"value\":5}},\n"));
    trace_buffer(&writer, NULL, 5, sbi_error(SBI_ERR_INVALID_ADDRESS));
    text_take();
    assert_non_null(strstr(text, "{\"text\":\"0x80001000\",\"text_len\":5,"
                                 "\"error\":\"-5 INVALID_ADDRESS\"}},\n"));
}

static void
nothing_is_traced_while_it_is_off(void **state)
{
    (void)state;
    assert_int_equal(trace_begin(NULL), 0);
    trace_end(NULL, trace_track(NULL, "name"), 0, "read", NULL, 0, 0);
    trace_track_vcpu(NULL, 1);
    trace_abandon(NULL);
}

static void
a_trace_that_cannot_be_written_says_so(void **state)
{
    (void)state;
    capture_begin(2);
    struct trace *full = trace_open("/dev/full", "guest");
    assert_non_null(full);
    trace_end(full, 0, trace_begin(full), "read", NULL, 0, 0);
    assert_int_equal(trace_close(full), -1);
    assert_non_null(strstr(capture_end(), "/dev/full: the trace is not complete: No space left"));
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
        TEST(other_exits_are_shown_too),
        TEST(other_threads_are_shown_by_their_name),
        TEST(a_trace_that_cannot_be_written_says_so),
        cmocka_unit_test_setup_teardown(json_has_a_slice_for_the_guest_and_one_for_the_exit,
                                        begin_json, end),
        cmocka_unit_test_setup_teardown(what_overlaps_has_two_records_in_json, begin_json, end),
        TEST(nothing_is_traced_while_it_is_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
