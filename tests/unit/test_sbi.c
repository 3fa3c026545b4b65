/* The table of SBI extensions: what a probe finds, who serves a call, what KVM is told. */
#include "tests/unit/unit.h"

#include <linux/kvm.h>
#include <string.h>

#include "tests/unit/handlers.h"
#include "vmm/call/sbi.h"
#include "vmm/device/console.h"
#include "vmm/machine/vm.h"

#define BASE 0x80000000
#define SIZE 0x10000

static struct vm vm;
static struct kvm_run run;
static char written[64];
static uint64_t written_len;

/* The console. */
struct console *
console_of(const struct vm *machine)
{
    (void)machine;
    return NULL;
}

struct sbi_ret
console_write(struct console *console, const void *text, uint64_t len)
{
    (void)console;
    memcpy(written, text, len);
    written_len = len;
    return sbi_value(len);
}

struct sbi_ret
console_read(struct console *console, void *text, uint64_t len)
{
    (void)console, (void)text, (void)len;
    return sbi_error(DUET_ERR_END_OF_FILE);
}

static int
begin(void **state)
{
    (void)state;
    memset(&vm, 0, sizeof(vm));
    vm.vcpu[0] = (struct vcpu){.vm = &vm, .run = &run};
    vm.vcpu_count = 1;
    written_len = 0;
    return guest_mem_create(&vm.mem, BASE, SIZE);
}

static int
end(void **state)
{
    (void)state;
    guest_mem_destroy(&vm.mem);
    return 0;
}

static struct sbi_ret
call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
    run.riscv_sbi.extension_id = extension;
    run.riscv_sbi.function_id = function;
    run.riscv_sbi.args[0] = a0;
    run.riscv_sbi.args[1] = a1;
    run.riscv_sbi.args[2] = a2;
    sbi_serve(&vm.vcpu[0]);
    return (struct sbi_ret){(int64_t)run.riscv_sbi.ret[0], run.riscv_sbi.ret[1]};
}

static void
expect_call(struct sbi_ret got, int64_t error, uint64_t value)
{
    expect(got.error == error && got.value == value, "error %ld, value %lu", got.error, got.value);
}

static void
a_probe_finds_each_row_and_nothing_else(void **state)
{
    unsigned count;
    const struct sbi_extension *const *row = sbi_extensions(&count);

    (void)state;
    assert_true(count >= 3);
    for (unsigned i = 0; i < count; i++) {
        assert_int_not_equal(row[i]->probe, 0);
        expect_call(call(SBI_BASE, SBI_BASE_PROBE, row[i]->id, 0, 0), 0, row[i]->probe);
        assert_ptr_equal(sbi_extension_find(row[i]->id), row[i]);
    }
    expect_call(call(SBI_BASE, SBI_BASE_PROBE, DUET_SBI_EXT + 1, 0, 0), 0, 0);
    expect_call(call(SBI_BASE, SBI_BASE_PROBE, SBI_LEGACY_PUTCHAR, 0, 0), 0, 0);
    expect_call(call(SBI_BASE, SBI_BASE_PROBE + 1, SBI_DBCN, 0, 0), SBI_ERR_NOT_SUPPORTED, 0);
}

static void
rows_are_whole(void **state)
{
    unsigned count, told = 0;
    const struct sbi_extension *const *row = sbi_extensions(&count);

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        assert_non_null(row[i]->name);
        assert_non_null(row[i]->serve);
        for (unsigned other = 0; other < i; other++)
            assert_int_not_equal(row[i]->id, row[other]->id);
        told += row[i]->kvm_number != SBI_KVM_FORWARDS;
    }
    /* KVM has to be told of the debug console, and of nothing else. */
    assert_int_equal(told, 1);
    assert_int_equal(sbi_debug_console.kvm_number, 9);
}

static void
an_extension_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    expect_call(call(SBI_LEGACY_PUTCHAR, 0, 'x', 0, 0), SBI_ERR_NOT_SUPPORTED, 0);
    assert_int_equal(vm.vcpu[0].stats.exits[EXIT_SBI], 1);
    assert_int_equal(vm.vcpu[0].stats.exits[EXIT_HYPERCALL], 0);
}

static void
hypercalls_are_no_other_sbi_calls(void **state)
{
    (void)state;
    handler_ret = sbi_value(5);
    expect_call(call(DUET_SBI_EXT, DUET_CALL_null, 0, 0, 0), 0, 5);
    assert_int_equal(vm.vcpu[0].stats.exits[EXIT_SBI], 0);
    assert_int_equal(vm.vcpu[0].stats.exits[EXIT_HYPERCALL], 1);
}

static void
the_debug_console_writes(void **state)
{
    (void)state;
    memcpy(vm.mem.hva, "hello", 5);
    expect_call(call(SBI_DBCN, SBI_DBCN_WRITE, 5, BASE, 0), 0, 5);
    assert_int_equal(written_len, 5);
    assert_memory_equal(written, "hello", 5);
    expect_call(call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, 0x100 + 'x', 0, 0), 0, 0);
    assert_int_equal(written_len, 1);
    assert_int_equal(written[0], 'x');
    /* Outside of RAM, in part or by the address's upper half. */
    expect_call(call(SBI_DBCN, SBI_DBCN_WRITE, 5, BASE + SIZE - 4, 0), SBI_ERR_INVALID_PARAM, 0);
    expect_call(call(SBI_DBCN, SBI_DBCN_WRITE, 5, BASE, 1), SBI_ERR_INVALID_PARAM, 0);
    expect_call(call(SBI_DBCN, 3, 5, BASE, 0), SBI_ERR_NOT_SUPPORTED, 0);
}

/* SBI 2.0 §12.2 has no end of file. */
static void
the_debug_console_reads_nothing_at_the_end(void **state)
{
    (void)state;
    expect_call(call(SBI_DBCN, SBI_DBCN_READ, 5, BASE, 0), 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_probe_finds_each_row_and_nothing_else),
        TEST(rows_are_whole),
        TEST(an_extension_that_is_not_there_is_an_error),
        TEST(hypercalls_are_no_other_sbi_calls),
        TEST(the_debug_console_writes),
        TEST(the_debug_console_reads_nothing_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
