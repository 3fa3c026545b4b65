/* What a guest is told of its calls: the sum over the vCPUs, and no byte more than it wants. */
#include "vmm/call/call_stats.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "vmm/call/hypercall.h"
#include "vmm/machine/vm.h"

static struct vm vm;

static int
begin(void **state)
{
    (void)state;
    memset(&vm, 0, sizeof(vm));
    vm.vcpu_count = 3;
    for (unsigned i = 0; i < CPUS_MAX; i++) { /* those that are not there are not added */
        vm.vcpu[i].vm = &vm;
        for (uint64_t nr = 0; nr < DUET_CALLS; nr++)
            vm.vcpu[i].stats.call[nr] = (struct duet_call_stats){i + 1, 10 * nr, 100 * i};
    }
    return 0;
}

static void
all_vcpus_are_added(void **state)
{
    (void)state;
    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        struct duet_call_stats stats;
        struct sbi_ret ret = hc_call_stats(&vm.vcpu[1], nr, &stats, sizeof(stats));

        assert_int_equal(ret.error, 0);
        assert_int_equal(ret.value, sizeof(stats));
        assert_int_equal(stats.count, 1 + 2 + 3);
        assert_int_equal(stats.errors, 3 * 10 * nr);
        assert_int_equal(stats.bytes, 100 + 200);
    }
}

static void
a_buffer_gets_what_fits(void **state)
{
    struct duet_call_stats sum = call_stats_sum(&vm, 1);
    unsigned char buffer[64];

    (void)state;
    for (uint64_t len = 0; len <= sizeof(buffer); len++) {
        uint64_t filled = len < sizeof(sum) ? len : sizeof(sum);

        memset(buffer, 0xee, sizeof(buffer));
        assert_int_equal(hc_call_stats(&vm.vcpu[0], 1, buffer, len).value, filled);
        assert_memory_equal(buffer, &sum, filled);
        for (uint64_t i = filled; i < sizeof(buffer); i++)
            assert_int_equal(buffer[i], 0xee);
    }
}

static void
other_numbers_are_refused(void **state)
{
    static const uint64_t wrong[] = {DUET_CALLS, DUET_CALLS + 1, 1ULL << 32, 1ULL << 63, ~0ULL};
    unsigned char buffer[32] = {0}, zero[32] = {0};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(wrong); i++) {
        struct sbi_ret ret = hc_call_stats(&vm.vcpu[0], wrong[i], buffer, sizeof(buffer));

        assert_int_equal(ret.error, SBI_ERR_INVALID_PARAM);
        assert_memory_equal(buffer, zero, sizeof(buffer));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_vcpus_are_added, begin),
        cmocka_unit_test_setup(a_buffer_gets_what_fits, begin),
        cmocka_unit_test_setup(other_numbers_are_refused, begin),
    };

    return cmocka_run_group_tests_name("call_stats", tests, NULL, NULL);
}
