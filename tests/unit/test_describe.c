/* KVM's numbers and the hart's in words; what is in the words is what KVM gave. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "common/riscv.h"
#include "vmm/report/describe.h"

static char *text;
static size_t size;

static const char *
exit_text(const struct kvm_run *run)
{
    FILE *to = open_memstream(&text, &size);

    kvm_exit_print(run, to);
    fclose(to);
    return text;
}

static const char *
error_text(int error)
{
    FILE *to = open_memstream(&text, &size);

    kvm_error_print(error, to);
    fclose(to);
    return text;
}

static const char *
trap_text(uint64_t scause, uint64_t stval)
{
    FILE *to = open_memstream(&text, &size);

    trap_print(scause, 0x80200010, stval, to);
    fclose(to);
    return text;
}

static int
end(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

static void
an_internal_error_has_its_suberror_and_data(void **state)
{
    struct kvm_run run = {.exit_reason = KVM_EXIT_INTERNAL_ERROR};

    (void)state;
    run.internal.suberror = KVM_INTERNAL_ERROR_EMULATION;
    run.internal.ndata = 2;
    run.internal.data[0] = 0x1234;
    run.internal.data[1] = UINT64_MAX;
    assert_string_equal(exit_text(&run),
                        "internal error (exit reason 17): an instruction cannot be emulated "
                        "(suberror 1), 0x1234, 0xffffffffffffffff");
}

static void
no_more_data_is_read_than_there_is(void **state)
{
    struct kvm_run run = {.exit_reason = KVM_EXIT_INTERNAL_ERROR};
    unsigned words = 0;

    (void)state;
    run.internal.suberror = 77;
    run.internal.ndata = UINT32_MAX;
    for (const char *at = exit_text(&run); (at = strstr(at, ", 0x")); at++)
        words++;
    assert_int_equal(words, COUNT_OF(run.internal.data));
    assert_non_null(strstr(text, ": without a name (suberror 77)"));
}

static void
a_system_event_has_its_type_and_data(void **state)
{
    struct kvm_run run = {.exit_reason = KVM_EXIT_SYSTEM_EVENT};

    (void)state;
    run.system_event.type = KVM_SYSTEM_EVENT_CRASH;
    run.system_event.ndata = 1;
    run.system_event.data[0] = 5;
    assert_string_equal(exit_text(&run), "system event (exit reason 24): crash (type 3), 0x5");
}

static void
a_failed_entry_has_hardwares_reason(void **state)
{
    struct kvm_run run = {.exit_reason = KVM_EXIT_FAIL_ENTRY};

    (void)state;
    run.fail_entry.hardware_entry_failure_reason = 0xabc;
    run.fail_entry.cpu = 3;
    assert_string_equal(
        exit_text(&run),
        "the guest cannot be entered (exit reason 9) on CPU 3, hardware's reason, 0xabc");
}

static void
an_access_to_a_csr_is_told(void **state)
{
    struct kvm_run run = {.exit_reason = KVM_EXIT_RISCV_CSR};

    (void)state;
    run.riscv_csr.csr_num = 0x15;
    run.riscv_csr.write_mask = 0xff;
    assert_string_equal(
        exit_text(&run),
        "access to a CSR (exit reason 36): CSR 0x15, new value and mask, 0x0, 0xff");
}

static void
every_exit_reason_is_printed(void **state)
{
    (void)state;
    for (uint32_t reason = 0; reason < 100; reason++) {
        struct kvm_run run = {.exit_reason = reason};
        char want[32];

        snprintf(want, sizeof(want), "(exit reason %u)", reason);
        assert_non_null(strstr(exit_text(&run), want));
        end(NULL);
    }
    struct kvm_run run = {.exit_reason = UINT32_MAX};
    assert_string_equal(exit_text(&run), "without a name (exit reason 4294967295)");
}

static void
errors_have_name_and_meaning(void **state)
{
    (void)state;
    assert_non_null(strstr(error_text(EOPNOTSUPP), "EOPNOTSUPP: the guest fetched"));
    end(NULL);
    assert_non_null(strstr(error_text(EIO), "EIO: the guest's access"));
    end(NULL);
    assert_string_equal(error_text(EBADF), "KVM_RUN failed with EBADF (Bad file descriptor)");
    end(NULL);
    assert_non_null(strstr(error_text(99999), "an unknown error"));
}

static void
stval_is_what_the_cause_makes_of_it(void **state)
{
    (void)state;
    assert_string_equal(trap_text(CAUSE_LOAD_PAGE_FAULT, 0x1000),
                        "load page fault at 0x80200010, address 0x1000");
    end(NULL);
    assert_string_equal(trap_text(CAUSE_STORE_ACCESS, 0),
                        "store access fault at 0x80200010, address 0 or not told");
    end(NULL);
    assert_string_equal(trap_text(CAUSE_ILLEGAL, 0xc0001073),
                        "illegal instruction at 0x80200010, instruction 0xc0001073");
    end(NULL);
    assert_string_equal(trap_text(CAUSE_ECALL_U, 5), "environment call from U-mode at 0x80200010");
    end(NULL);
    assert_string_equal(trap_text(SCAUSE_INTERRUPT | IRQ_S_TIMER, 5),
                        "timer interrupt at 0x80200010");
    end(NULL);
    assert_string_equal(trap_text(64 + CAUSE_LOAD_PAGE_FAULT, 5), "unknown cause at 0x80200010");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_internal_error_has_its_suberror_and_data, end),
        cmocka_unit_test_teardown(no_more_data_is_read_than_there_is, end),
        cmocka_unit_test_teardown(a_system_event_has_its_type_and_data, end),
        cmocka_unit_test_teardown(a_failed_entry_has_hardwares_reason, end),
        cmocka_unit_test_teardown(an_access_to_a_csr_is_told, end),
        cmocka_unit_test_teardown(every_exit_reason_is_printed, end),
        cmocka_unit_test_teardown(errors_have_name_and_meaning, end),
        cmocka_unit_test_teardown(stval_is_what_the_cause_makes_of_it, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
