/* The bus: which device an access goes to, and that all else raises an access fault. */
#include "vmm/device/bus.h"

#include <linux/kvm.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "vmm/guest/trap.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/trace_exit.h"

static struct vm vm;
static struct kvm_run run;

/* What the last access came to. */
static struct {
    unsigned served, faults, reports;
    void *device;
    struct bus_access access;
    bool fault_is_store;
    uint64_t fault_gpa;
} got;

static bool is_refusing, is_fault_refused;

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    assert_ptr_equal(vcpu, &vm.vcpu[0]);
    got.served++;
    got.device = device;
    got.access = *access;
    access->data = 0x1122334455667788;
    return !is_refusing;
}

int
trap_access_fault(struct vcpu *vcpu, bool is_store, uint64_t gpa)
{
    assert_ptr_equal(vcpu, &vm.vcpu[0]);
    got.faults++;
    got.fault_is_store = is_store;
    got.fault_gpa = gpa;
    return is_fault_refused ? -1 : 0;
}

void
vcpu_died(struct vcpu *vcpu, const struct death *death)
{
    assert_ptr_equal(vcpu, &vm.vcpu[0]);
    got.reports += death->cause == DEATH_ACCESS && death->address == got.fault_gpa;
}

void
trace_mmio(struct vcpu *vcpu, uint64_t gpa, unsigned len, bool is_store, uint64_t data,
           const char *outcome)
{
    (void)vcpu, (void)gpa, (void)len, (void)is_store, (void)data, (void)outcome;
    fail_msg("a trace that is off");
}

static int device_a, device_b;

static int
range_add(uint64_t base, uint64_t size, void *device)
{
    return bus_add(&vm.bus, &(struct bus_range){base, size, serve, device});
}

static int
begin(void **state)
{
    (void)state;
    memset(&vm, 0, sizeof(vm));
    memset(&run, 0, sizeof(run));
    is_refusing = is_fault_refused = false;
    vm.vcpu[0].vm = &vm;
    vm.vcpu[0].run = &run;
    assert_int_equal(range_add(0x1000, 0x100, &device_a), 0);
    assert_int_equal(range_add(0x1100, 0x10, &device_b), 0);
    return 0;
}

static void
access_make(uint64_t gpa, unsigned len, bool is_store, uint64_t data)
{
    memset(&got, 0, sizeof(got));
    run.mmio.phys_addr = gpa;
    run.mmio.len = len;
    run.mmio.is_write = is_store;
    memcpy(run.mmio.data, &data, sizeof(data));
    bus_serve(&vm.vcpu[0]);
}

static void
goes_to(void *device, uint64_t gpa, unsigned len, uint64_t offset)
{
    const uint64_t data = 0x89abcdef89abcdef, all = ~0ULL >> (64 - 8 * len);

    access_make(gpa, len, true, data);
    assert_int_equal(got.served, 1);
    assert_int_equal(got.faults, 0);
    assert_ptr_equal(got.device, device);
    assert_int_equal(got.access.offset, offset);
    assert_int_equal(got.access.len, len);
    assert_true(got.access.is_store);
    assert_int_equal(got.access.data, data & all);
}

static void
goes_nowhere(uint64_t gpa, unsigned len)
{
    for (unsigned is_store = 0; is_store < 2; is_store++) {
        access_make(gpa, len, is_store, 0);
        assert_int_equal(got.served, 0);
        assert_int_equal(got.faults, 1);
        assert_int_equal(got.fault_is_store, is_store);
        assert_int_equal(got.fault_gpa, gpa);
        assert_int_equal(got.reports, 0);
    }
}

static void
an_access_goes_to_the_device_that_it_lies_in(void **state)
{
    (void)state;
    goes_to(&device_a, 0x1000, 8, 0);
    goes_to(&device_a, 0x10ff, 1, 0xff);
    goes_to(&device_a, 0x10f8, 8, 0xf8);
    goes_to(&device_b, 0x1100, 4, 0);
    goes_to(&device_b, 0x1108, 8, 8);
}

static void
where_nothing_is_it_faults(void **state)
{
    (void)state;
    goes_nowhere(0, 8);
    goes_nowhere(0xfff, 1);
    goes_nowhere(0x1110, 4);
    goes_nowhere(UINT64_MAX, 1);
    goes_nowhere(0x110c, 8); /* over the device's end */
    goes_nowhere(0xffc, 8);  /* over its start */
    goes_nowhere(0x10fc, 8); /* across two */
}

static void
what_a_device_refuses_faults(void **state)
{
    (void)state;
    is_refusing = true;
    access_make(0x1008, 4, true, 1);
    assert_int_equal(got.served, 1);
    assert_int_equal(got.faults, 1);
    assert_int_equal(got.fault_gpa, 0x1008);
}

static void
a_fault_that_kvm_refuses_is_reported(void **state)
{
    (void)state;
    is_fault_refused = true;
    access_make(0x2000, 4, true, 1);
    assert_int_equal(got.reports, 1);
}

static void
a_load_gets_what_the_device_says(void **state)
{
    uint64_t data;

    (void)state;
    access_make(0x1000, 8, false, 0xdead);
    assert_int_equal(got.access.data, 0);
    memcpy(&data, run.mmio.data, sizeof(data));
    assert_int_equal(data, 0x1122334455667788);
    /* A store's word is not changed, nor is that of a load that nobody serves. */
    access_make(0x1000, 8, true, 5);
    memcpy(&data, run.mmio.data, sizeof(data));
    assert_int_equal(data, 5);
    is_refusing = true;
    access_make(0x1000, 8, false, 6);
    memcpy(&data, run.mmio.data, sizeof(data));
    assert_int_equal(data, 6);
}

static void
refused(uint64_t base, uint64_t size, const char *why)
{
    const char *said;
    int result;

    capture_begin(STDERR_FILENO);
    result = range_add(base, size, &device_a);
    said = capture_end();
    assert_int_equal(result, -1);
    expect_one_line(said);
    expect(!!strstr(said, why), "unclear: %s", said);
}

static void
no_two_devices_are_at_one_address(void **state)
{
    (void)state;
    refused(0x1000, 0x100, "0x1000");
    refused(0x10ff, 1, "0x10ff");
    refused(0xff0, 0x11, "0x1000");
    refused(0, 0x10000, "0x1000");
    refused(0x1108, 0x1000, "0x1108");
    assert_int_equal(range_add(0xf00, 0x100, &device_a), 0);
    assert_int_equal(range_add(0x1110, 0x10, &device_b), 0);
    goes_to(&device_b, 0x1110, 1, 0);
    while (vm.bus.count < BUS_RANGES_MAX)
        assert_int_equal(range_add(0x10000 * vm.bus.count, 8, &device_a), 0);
    refused(0x9000000, 8, "no room");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_access_goes_to_the_device_that_it_lies_in, begin),
        cmocka_unit_test_setup(where_nothing_is_it_faults, begin),
        cmocka_unit_test_setup(what_a_device_refuses_faults, begin),
        cmocka_unit_test_setup(a_fault_that_kvm_refuses_is_reported, begin),
        cmocka_unit_test_setup(a_load_gets_what_the_device_says, begin),
        cmocka_unit_test_setup(no_two_devices_are_at_one_address, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
