/*
 * The board's test device, as SiFive's on `virt` (QEMU's hw/misc/sifive_test.c): one 32-bit
 * register, to which a guest stores how it ends.
 */
#include <libfdt.h>

#include "vmm/board/board.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/device.h"
#include "vmm/machine/vm.h"

/* The low half of what is stored; with FAIL the high half is the status. */
#define TEST_FAIL  0x3333
#define TEST_PASS  0x5555
#define TEST_RESET 0x7777

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    uint32_t how = access->data & 0xffff, status = (uint32_t)access->data >> 16;

    (void)device;
    if (access->offset || (access->len != 2 && access->len != 4))
        return false;
    if (!access->is_store) {
        access->data = 0;
    } else if (how == TEST_PASS) {
        vm_end(vcpu->vm, 0);
    } else if (how == TEST_FAIL) { /* what cannot be a guest's status is 1 */
        vm_end(vcpu->vm, status >= 1 && status <= DUET_STATUS_MAX ? status : 1);
    } else if (how == TEST_RESET) {
        vm_reset(vcpu->vm);
    }
    bus_describe(vcpu->vm, access, "test device");
    return true;
}

static int
create(struct vm *vm)
{
    return bus_add(&vm->bus, &(struct bus_range){
                                 .base = BOARD_TEST_BASE, .size = BOARD_TEST_SIZE, .serve = serve});
}

/* How a kernel without SBI's reset call finds it (Linux's bindings syscon-reboot and
 * syscon-poweroff). */
static int
way_out_describe(void *fdt, const char *name, const char *compatible, uint32_t value)
{
    DEVICE_TREE_TRY(fdt_begin_node(fdt, name));
    DEVICE_TREE_TRY(fdt_property_string(fdt, "compatible", compatible));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "regmap", PHANDLE_TEST));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "offset", 0));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "value", value));
    return fdt_end_node(fdt);
}

static int
describe(const struct vm *vm, void *fdt)
{
    static const char compatible[] = "sifive,test1\0sifive,test0\0syscon";

    (void)vm;
    DEVICE_TREE_TRY(device_tree_node_begin(fdt, "test", BOARD_TEST_BASE, BOARD_TEST_SIZE));
    DEVICE_TREE_TRY(fdt_property(fdt, "compatible", compatible, sizeof(compatible)));
    DEVICE_TREE_TRY(fdt_property_u32(fdt, "phandle", PHANDLE_TEST));
    DEVICE_TREE_TRY(fdt_end_node(fdt));
    DEVICE_TREE_TRY(way_out_describe(fdt, "poweroff", "syscon-poweroff", TEST_PASS));
    return way_out_describe(fdt, "reboot", "syscon-reboot", TEST_RESET);
}

const struct device device_test_device = {
    .name = "test device",
    .is_board = true,
    .create = create,
    .describe = describe,
};
