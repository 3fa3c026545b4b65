/* For every call of the table: good arguments reach the handler, and an argument that breaks its
 * kind's promise never does. All is derived from the table: a new call is tested without an edit
 * here. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/handlers.h"
#include "vmm/machine/vm.h"

#define BASE 0x80000000
#define SIZE 0x10000
#define END  (BASE + SIZE)

static struct vm vm;
static struct vcpu *const vcpu = &vm.vcpu[1];

static int
vm_init(void **state)
{
    (void)state;
    vcpu->vm = &vm;
    vcpu->id = 1;
    return guest_mem_create(&vm.mem, BASE, SIZE);
}

static int
vm_exit(void **state)
{
    (void)state;
    guest_mem_destroy(&vm.mem);
    return 0;
}

static int
begin(void **state)
{
    (void)state;
    memset(&handler_record, 0, sizeof(handler_record));
    memset(&vcpu->stats, 0, sizeof(vcpu->stats));
    handler_ret = sbi_value(0);
    return 0;
}

static int
is_buffer(const struct hypercall_param *param)
{
    return param->kind == KIND_IN || param->kind == KIND_OUT;
}

/* The register that argument `index` begins in: a buffer takes two. */
static unsigned
register_of(const struct hypercall *call, unsigned index)
{
    unsigned reg = 0;

    for (unsigned i = 0; i < index; i++)
        reg += is_buffer(&call->param[i]) ? 2 : 1;
    return reg;
}

/* Registers with good arguments, all different, and junk in the registers behind them. */
static void
good_registers(const struct hypercall *call, uint64_t reg[6])
{
    for (unsigned r = 0; r < 6; r++)
        reg[r] = 0xbad0bad0bad0bad0 + r;
    for (unsigned i = 0; i < call->param_count; i++) {
        const struct hypercall_param *param = &call->param[i];
        unsigned r = register_of(call, i);

        switch (param->kind) {
        case KIND_VALUE:
            reg[r] = 0xfedcba9876543210 + i;
            break;
        case KIND_FLAGS:
            reg[r] = param->limit;
            break;
        case KIND_HANDLE:
            reg[r] = param->limit - 1;
            break;
        case KIND_IN:
        case KIND_OUT:
            reg[r] = BASE + 0x1000 * (i + 1);
            reg[r + 1] = 0x100 * (i + 1);
            break;
        }
    }
}

/* The handler ran, once, with what is in the registers. */
static void
passed(uint64_t nr, const uint64_t reg[6])
{
    const struct hypercall *call = hypercall_find(nr);

    expect(handler_record.runs == 1, "%s: the handler ran %u times", call->name,
           handler_record.runs);
    assert_int_equal(handler_record.nr, nr);
    assert_ptr_equal(handler_record.vcpu, vcpu);
    assert_int_equal(handler_record.arg_count, call->param_count);
    for (unsigned i = 0; i < call->param_count; i++) {
        const struct hypercall_arg *arg = &handler_record.arg[i];
        unsigned r = register_of(call, i);

        if (!is_buffer(&call->param[i])) {
            expect(arg->value == reg[r], "%s: %s is 0x%lx, not 0x%lx", call->name,
                   call->param[i].name, arg->value, reg[r]);
        } else {
            expect(arg->len == reg[r + 1], "%s: the length of %s is wrong", call->name,
                   call->param[i].name);
            expect(arg->len ? arg->data == vm.mem.hva + (reg[r] - BASE) : !!arg->data,
                   "%s: %s points elsewhere", call->name, call->param[i].name);
        }
    }
    handler_record.runs = 0;
}

static void
accepted(uint64_t nr, const uint64_t reg[6])
{
    struct sbi_ret ret = hypercall_serve(vcpu, nr, reg);

    expect(ret.error == 0, "%s: returned error %ld", hypercall_find(nr)->name, ret.error);
    passed(nr, reg);
}

static void
refused(uint64_t nr, const uint64_t reg[6], unsigned index, int64_t error)
{
    const struct hypercall *call = hypercall_find(nr);
    struct sbi_ret ret = hypercall_serve(vcpu, nr, reg);
    unsigned r = register_of(call, index);

    expect(ret.error == error, "%s: with %s = 0x%lx, 0x%lx: want error %ld, got %ld", call->name,
           call->param[index].name, reg[r], r < 5 ? reg[r + 1] : 0, error, ret.error);
    assert_int_equal(ret.value, 0);
    expect(handler_record.runs == 0, "%s: with a bad %s the handler ran", call->name,
           call->param[index].name);
}

/* Runs `check` for each argument of each call that is of `kind`, with good registers. */
static void
each_argument(enum hypercall_kind kind, void (*check)(uint64_t nr, const struct hypercall *call,
                                                      unsigned index, uint64_t reg[6]))
{
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        for (unsigned i = 0; call && i < call->param_count; i++) {
            uint64_t reg[6];

            good_registers(call, reg);
            if (call->param[i].kind == kind)
                check(nr, call, i, reg);
        }
    }
}

static void
the_table_is_sound(void **state)
{
    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        if (!call)
            continue;
        assert_true(call->summary[0] && call->invoke);
        expect(register_of(call, call->param_count) <= 6, "%s: more arguments than registers",
               call->name);
        for (unsigned i = 0; i < call->param_count; i++) {
            assert_non_null(call->param[i].name);
            expect(call->param[i].kind != KIND_HANDLE || call->param[i].limit > 0,
                   "%s: no %s is good", call->name, call->param[i].name);
        }
        for (uint64_t other = 0; other < nr; other++)
            expect(!hypercall_find(other) || strcmp(hypercall_find(other)->name, call->name) != 0,
                   "%s: is there twice", call->name);
    }
    assert_non_null(hypercall_find(DUET_CALLS - 1));
}

static void
good_arguments_reach_the_handler(void **state)
{
    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        uint64_t reg[6];

        if (!hypercall_find(nr))
            continue;
        good_registers(hypercall_find(nr), reg);
        accepted(nr, reg);
    }
}

static void
the_handlers_result_is_returned(void **state)
{
    struct sbi_ret ret;

    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        uint64_t reg[6];

        if (!hypercall_find(nr))
            continue;
        good_registers(hypercall_find(nr), reg);
        handler_ret = (struct sbi_ret){.error = -1000 - (int64_t)nr, .value = 0x123456789abcdef0};
        ret = hypercall_serve(vcpu, nr, reg);
        assert_int_equal(ret.error, handler_ret.error);
        assert_int_equal(ret.value, handler_ret.value);
    }
}

static void
value_check(uint64_t nr, const struct hypercall *call, unsigned index, uint64_t reg[6])
{
    unsigned r = register_of(call, index);

    reg[r] = 0;
    accepted(nr, reg);
    reg[r] = UINT64_MAX;
    accepted(nr, reg);
}

static void
any_value_is_accepted(void **state)
{
    (void)state;
    each_argument(KIND_VALUE, value_check);
}

static void
flags_check(uint64_t nr, const struct hypercall *call, unsigned index, uint64_t reg[6])
{
    uint64_t known = call->param[index].limit;
    unsigned r = register_of(call, index);

    reg[r] = 0;
    accepted(nr, reg);
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t flag = (uint64_t)1 << bit;

        reg[r] = flag;
        if (known & flag) {
            accepted(nr, reg);
        } else {
            refused(nr, reg, index, SBI_ERR_INVALID_PARAM);
            reg[r] = known | flag;
            refused(nr, reg, index, SBI_ERR_INVALID_PARAM);
        }
    }
}

static void
each_unknown_flag_is_refused(void **state)
{
    (void)state;
    each_argument(KIND_FLAGS, flags_check);
}

static void
handle_check(uint64_t nr, const struct hypercall *call, unsigned index, uint64_t reg[6])
{
    uint64_t count = call->param[index].limit;
    const uint64_t bad[] = {
        count,     count + 1, count + ((uint64_t)1 << 32), (uint64_t)1 << 32, (uint64_t)1 << 63,
        UINT64_MAX};
    unsigned r = register_of(call, index);

    reg[r] = 0;
    accepted(nr, reg);
    reg[r] = count - 1;
    accepted(nr, reg);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        reg[r] = bad[i];
        refused(nr, reg, index, SBI_ERR_INVALID_PARAM);
    }
}

static void
handles_from_the_count_up_are_refused(void **state)
{
    (void)state;
    each_argument(KIND_HANDLE, handle_check);
}

static void
buffer_bad_check(uint64_t nr, const struct hypercall *call, unsigned index, uint64_t reg[6])
{
    static const struct {
        uint64_t gpa, len;
    } bad[] = {
        {0, 1},                          /* below RAM */
        {BASE - 1, 1},                   /* the byte before it */
        {BASE - 1, 2},                   /* into it from below */
        {END, 1},                        /* the byte behind it */
        {END - 1, 2},                    /* straddles the end */
        {BASE, SIZE + 1},                /* all of it, and one more */
        {BASE + 16, UINT64_MAX - 15},    /* wraps around to the base */
        {BASE + 16, UINT64_MAX - 7},     /* wraps around into RAM */
        {BASE, UINT64_MAX},              /* the longest there is */
        {END, UINT64_MAX},               /* the same, from the end */
        {0, UINT64_MAX},                 /* all but one of all addresses */
        {UINT64_MAX, 1},                 /* the last byte of all */
        {UINT64_MAX, BASE + 2},          /* wraps around through 0 */
        {BASE + ((uint64_t)1 << 32), 1}, /* good if 32 bits were looked at */
        {BASE, (uint64_t)1 << 32},       /* empty if 32 bits were looked at */
    };
    unsigned r = register_of(call, index);

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        reg[r] = bad[i].gpa;
        reg[r + 1] = bad[i].len;
        refused(nr, reg, index, SBI_ERR_INVALID_ADDRESS);
    }
}

static void
buffers_not_wholly_in_ram_are_refused(void **state)
{
    (void)state;
    each_argument(KIND_IN, buffer_bad_check);
    each_argument(KIND_OUT, buffer_bad_check);
}

static void
buffer_edge_check(uint64_t nr, const struct hypercall *call, unsigned index, uint64_t reg[6])
{
    static const struct {
        uint64_t gpa, len;
    } good[] = {{BASE, 1}, {BASE, SIZE}, {END - 1, 1}, {END - 8, 8}, {BASE + 1, SIZE - 1}};
    unsigned r = register_of(call, index);

    for (size_t i = 0; i < COUNT_OF(good); i++) {
        reg[r] = good[i].gpa;
        reg[r + 1] = good[i].len;
        accepted(nr, reg);
    }
}

static void
buffers_may_touch_the_edges_of_ram(void **state)
{
    (void)state;
    each_argument(KIND_IN, buffer_edge_check);
    each_argument(KIND_OUT, buffer_edge_check);
}

static void
buffer_empty_check(uint64_t nr, const struct hypercall *call, unsigned index, uint64_t reg[6])
{
    static const uint64_t anywhere[] = {0, BASE - 1, BASE, END, END + 1, UINT64_MAX};
    unsigned r = register_of(call, index);

    for (size_t i = 0; i < COUNT_OF(anywhere); i++) {
        reg[r] = anywhere[i];
        reg[r + 1] = 0;
        accepted(nr, reg);
    }
}

static void
an_empty_buffer_may_be_anywhere(void **state)
{
    (void)state;
    each_argument(KIND_IN, buffer_empty_check);
    each_argument(KIND_OUT, buffer_empty_check);
}

static void
numbers_beyond_the_table_are_not_supported(void **state)
{
    static const uint64_t beyond[] = {DUET_CALLS,        DUET_CALLS + 1,    (uint64_t)1 << 31,
                                      (uint64_t)1 << 32, (uint64_t)1 << 63, UINT64_MAX};
    uint64_t reg[6] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        struct sbi_ret ret = hypercall_serve(vcpu, beyond[i], reg);

        assert_null(hypercall_find(beyond[i]));
        assert_int_equal(ret.error, SBI_ERR_NOT_SUPPORTED);
        assert_int_equal(ret.value, 0);
    }
    assert_int_equal(handler_record.runs, 0);
    assert_int_equal(vcpu->stats.calls_unknown, COUNT_OF(beyond));
}

static void
numbers_left_empty_are_not_supported(void **state)
{
    uint64_t reg[6] = {0};

    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++)
        if (!hypercall_find(nr))
            assert_int_equal(hypercall_serve(vcpu, nr, reg).error, SBI_ERR_NOT_SUPPORTED);
    assert_int_equal(handler_record.runs, 0);
}

/* The bytes that the counters should say a good call with `value` as its result moved. */
static uint64_t
bytes_wanted(const struct hypercall *call, const uint64_t reg[6], uint64_t value)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < call->param_count; i++) {
        if (call->param[i].kind == KIND_IN)
            bytes += reg[register_of(call, i) + 1];
        else if (call->param[i].kind == KIND_OUT)
            bytes += value;
    }
    return bytes;
}

static void
calls_errors_and_bytes_are_counted(void **state)
{
    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);
        struct duet_call_stats *stats = &vcpu->stats.call[nr];
        uint64_t reg[6];

        if (!call)
            continue;
        good_registers(call, reg);
        handler_ret = sbi_value(7);
        hypercall_serve(vcpu, nr, reg);
        hypercall_serve(vcpu, nr, reg);
        handler_ret = sbi_error(SBI_ERR_FAILED);
        hypercall_serve(vcpu, nr, reg);
        assert_int_equal(stats->count, 3);
        assert_int_equal(stats->errors, 1);
        assert_int_equal(stats->bytes, 2 * bytes_wanted(call, reg, 7));
    }
    assert_int_equal(vcpu->stats.calls_unknown, 0);
}

static void
a_value_beyond_the_buffer_is_an_error(void **state)
{
    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        for (unsigned i = 0; call && i < call->param_count; i++) {
            uint64_t reg[6], len;
            struct sbi_ret ret;

            if (call->param[i].kind != KIND_OUT)
                continue;
            good_registers(call, reg);
            len = reg[register_of(call, i) + 1];
            handler_ret = sbi_value(len);
            ret = hypercall_serve(vcpu, nr, reg);
            expect(ret.error == 0 && ret.value == len, "%s: a full buffer is refused", call->name);
            handler_ret = sbi_value(len + 1);
            ret = hypercall_serve(vcpu, nr, reg);
            expect(ret.error == SBI_ERR_FAILED && ret.value == 0,
                   "%s: %lu bytes of %lu are passed on", call->name, len + 1, len);
            assert_int_equal(vcpu->stats.call[nr].count, 2);
            assert_int_equal(vcpu->stats.call[nr].errors, 1);
            assert_int_equal(vcpu->stats.call[nr].bytes, bytes_wanted(call, reg, len));
        }
    }
}

static void
refused_calls_are_counted_as_errors(void **state)
{
    uint64_t served = 0;

    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);
        uint64_t reg[6];

        if (!call || call->param_count == 0 || !is_buffer(&call->param[0]))
            continue;
        good_registers(call, reg);
        reg[0] = 0;
        hypercall_serve(vcpu, nr, reg);
        assert_int_equal(vcpu->stats.call[nr].count, 1);
        assert_int_equal(vcpu->stats.call[nr].errors, 1);
        assert_int_equal(vcpu->stats.call[nr].bytes, 0);
        served++;
    }
    assert_true(served > 0);
}

static void
the_printed_table_has_a_line_for_each_call(void **state)
{
    char *text, want[128];
    size_t size;
    FILE *to = open_memstream(&text, &size);

    (void)state;
    hypercall_table_print(to);
    fclose(to);
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);

        if (!call)
            continue;
        snprintf(want, sizeof(want), "\n| %lu | `%s(", nr, call->name);
        expect(!!strstr(text, want), "%s: is not in the printed table", call->name);
        expect(!!strstr(text, call->summary), "%s: is not described in the printed table",
               call->name);
    }
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_table_is_sound, begin),
        cmocka_unit_test_setup(good_arguments_reach_the_handler, begin),
        cmocka_unit_test_setup(the_handlers_result_is_returned, begin),
        cmocka_unit_test_setup(any_value_is_accepted, begin),
        cmocka_unit_test_setup(each_unknown_flag_is_refused, begin),
        cmocka_unit_test_setup(handles_from_the_count_up_are_refused, begin),
        cmocka_unit_test_setup(buffers_not_wholly_in_ram_are_refused, begin),
        cmocka_unit_test_setup(buffers_may_touch_the_edges_of_ram, begin),
        cmocka_unit_test_setup(an_empty_buffer_may_be_anywhere, begin),
        cmocka_unit_test_setup(numbers_beyond_the_table_are_not_supported, begin),
        cmocka_unit_test_setup(numbers_left_empty_are_not_supported, begin),
        cmocka_unit_test_setup(calls_errors_and_bytes_are_counted, begin),
        cmocka_unit_test_setup(a_value_beyond_the_buffer_is_an_error, begin),
        cmocka_unit_test_setup(refused_calls_are_counted_as_errors, begin),
        cmocka_unit_test_setup(the_printed_table_has_a_line_for_each_call, begin),
    };

    return cmocka_run_group_tests(tests, vm_init, vm_exit);
}
