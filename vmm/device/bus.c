/* The bus: finds the device for an MMIO exit. */
#include "vmm/device/bus.h"

#include <inttypes.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vmm/guest/trap.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/trace_exit.h"

int
bus_add(struct bus *bus, const struct bus_range *range)
{
    for (unsigned i = 0; i < bus->count; i++)
        if (range->base - bus->range[i].base < bus->range[i].size ||
            bus->range[i].base - range->base < range->size)
            return fail("two devices want guest physical address 0x%" PRIx64,
                        range->base > bus->range[i].base ? range->base : bus->range[i].base);
    if (bus->count == BUS_RANGES_MAX)
        return fail("the bus has no room for more than %d devices", BUS_RANGES_MAX);
    bus->range[bus->count++] = *range;
    return 0;
}

void
bus_describe(const struct vm *vm, struct bus_access *access, const char *format, ...)
{
    va_list args;

    if (!vm->trace)
        return;
    va_start(args, format);
    vsnprintf(access->text, sizeof(access->text), format, args);
    va_end(args);
    access->outcome = access->text;
}

/* The range that holds the whole access, or NULL if no device is there. A list is fast enough: an
 * exit costs a thousand times a comparison. */
static const struct bus_range *
range_find(const struct bus *bus, uint64_t gpa, unsigned len)
{
    for (unsigned i = 0; i < bus->count; i++) {
        const struct bus_range *range = &bus->range[i];

        if (gpa - range->base < range->size)
            return len <= range->size - (gpa - range->base) ? range : NULL;
    }
    return NULL;
}

/* The default device. */
static void
nothing_serve(struct vcpu *vcpu, uint64_t gpa, struct bus_access *access)
{
    access->outcome = "access fault";
    if (trap_access_fault(vcpu, access->is_store, gpa)) {
        vcpu_died(vcpu, &(struct death){.cause = DEATH_ACCESS, .address = gpa});
        access->outcome = "access fault that KVM refused";
    }
}

void
bus_serve(struct vcpu *vcpu)
{
    struct kvm_run *run = vcpu->run;
    uint64_t gpa = run->mmio.phys_addr;
    const struct bus_range *range = range_find(&vcpu->vm->bus, gpa, run->mmio.len);
    struct bus_access access;

    access.offset = range ? gpa - range->base : 0;
    access.len = run->mmio.len;
    access.is_store = run->mmio.is_write;
    access.data = 0;
    access.outcome = "";
    if (access.is_store) {
        /* What is behind the bytes that KVM has stored is left of another access. */
        memcpy(&access.data, run->mmio.data, sizeof(access.data));
        if (access.len < sizeof(access.data))
            access.data &= (1ULL << 8 * access.len) - 1;
    }
    if (!range || !range->serve(vcpu, range->device, &access))
        nothing_serve(vcpu, gpa, &access);
    else if (!access.is_store)
        memcpy(run->mmio.data, &access.data, sizeof(access.data));
    if (vcpu->vm->trace)
        trace_mmio(vcpu, gpa, access.len, access.is_store, access.data, access.outcome);
}
