/* A bus for tests of the board's devices. */
#include "tests/unit/board_bus.h"

#include <string.h>

struct vm board_vm;
static const struct options options = {.board = true, .cpus = 2};
static bool is_raised[2];

/* The parts of the VMM that a device is linked with here. */

void
irq_set(struct irq *irq, enum irq_source source, bool level)
{
    assert_int_equal(source, IRQ_PLIC);
    is_raised[irq - &board_vm.vcpu[0].irq ? 1 : 0] = level;
}

void
irq_set_again(struct irq *irq, enum irq_source source, bool level)
{
    irq_set(irq, source, level);
}

int
bus_add(struct bus *bus, const struct bus_range *range)
{
    assert_true(bus->count < BUS_RANGES_MAX);
    bus->range[bus->count++] = *range;
    return 0;
}

void
bus_describe(const struct vm *vm, struct bus_access *access, const char *format, ...)
{
    (void)access, (void)format;
    assert_ptr_equal(vm, &board_vm);
}

void
board_begin(void)
{
    memset(&board_vm, 0, sizeof(board_vm));
    memset(is_raised, 0, sizeof(is_raised));
    board_vm.options = &options;
    board_vm.vcpu_count = 2;
    for (unsigned id = 0; id < 2; id++)
        board_vm.vcpu[id] = (struct vcpu){.vm = &board_vm, .id = id, .fd = -1};
}

static bool
access_serve(uint64_t address, struct bus_access *access)
{
    for (unsigned i = 0; i < board_vm.bus.count; i++) {
        const struct bus_range *range = &board_vm.bus.range[i];

        access->offset = address - range->base;
        if (access->offset < range->size && access->len <= range->size - access->offset)
            return range->serve(&board_vm.vcpu[1], range->device, access);
    }
    fail_msg("no device is at 0x%lx", address);
    return false;
}

uint64_t
board_load(uint64_t address, unsigned len)
{
    struct bus_access access = {.len = len};

    expect(access_serve(address, &access), "a load of %u bytes from 0x%lx faults", len, address);
    return len == 8 ? access.data : access.data & ((1UL << 8 * len) - 1);
}

void
board_store(uint64_t address, unsigned len, uint64_t value)
{
    struct bus_access access = {.len = len, .is_store = true, .data = value};

    expect(access_serve(address, &access), "a store of %u bytes to 0x%lx faults", len, address);
}

bool
board_faults(uint64_t address, unsigned len, bool is_store)
{
    struct bus_access access = {.len = len, .is_store = is_store};

    return !access_serve(address, &access);
}

bool
board_interrupts(unsigned hart)
{
    return is_raised[hart];
}
