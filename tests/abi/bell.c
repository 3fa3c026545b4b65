/* A bell: a device that shows what adding one takes (tests/abi/extend). It has an event, pending
 * while the bell rings, and a hypercall. */
#include <libfdt.h>
#include <stdlib.h>

#include "vmm/call/hypercall.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/counter.h"

struct bell {
    uint64_t rings;
};

struct sbi_ret
hc_bell_ring(struct vcpu *vcpu, uint64_t times)
{
    struct bell *bell = vcpu->vm->device[DEVICE_bell];

    counter_add(&bell->rings, times);
    event_set(&vcpu->vm->events, DUET_EVENT_BELL, times > 0);
    return sbi_value(counter_read(&bell->rings));
}

static int
create(struct vm *vm)
{
    vm->device[DEVICE_bell] = calloc(1, sizeof(struct bell));
    return vm->device[DEVICE_bell] ? 0 : fail_errno("memory for a bell");
}

static void
destroy(struct vm *vm)
{
    free(vm->device[DEVICE_bell]);
    vm->device[DEVICE_bell] = NULL;
}

static int
describe(const struct vm *vm, void *fdt)
{
    int error = fdt_begin_node(fdt, "bell");

    (void)vm;
    if (!error)
        error = fdt_property_string(fdt, "compatible", "duet,bell");
    return error ? error : fdt_end_node(fdt);
}

static void
counts_print(const struct vm *vm, FILE *to)
{
    const struct bell *bell = vm->device[DEVICE_bell];

    fprintf(to, "  %-16s %12llu\n", "bell", (unsigned long long)counter_read(&bell->rings));
}

const struct device device_bell = {
    .name = "bell",
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .stats_print = counts_print,
};
