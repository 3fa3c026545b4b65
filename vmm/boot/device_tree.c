/* The guest's device tree. */
#include "vmm/boot/device_tree.h"

#include <libfdt.h>
#include <stdio.h>

#include "abi/hypercalls.h"
#include "common/riscv.h"
#include "vmm/log.h"

#define TRY DEVICE_TREE_TRY

/* Bytes that a loader may add to the tree with the board: U-Boot takes that many for granted. */
#define SPARE 0x3000

static int
cpu_add(void *fdt, const struct device_tree *machine, unsigned id)
{
    char name[16];

    snprintf(name, sizeof(name), "cpu@%x", id);
    TRY(fdt_begin_node(fdt, name));
    TRY(fdt_property_string(fdt, "device_type", "cpu"));
    TRY(fdt_property_string(fdt, "compatible", "riscv"));
    TRY(fdt_property_u32(fdt, "reg", id));
    TRY(fdt_property_string(fdt, "status", "okay"));
    TRY(device_tree_isa(fdt, machine->isa));
    TRY(fdt_property_u32(fdt, "phandle", PHANDLE_CPU + id));
    TRY(fdt_property_string(fdt, "mmu-type", machine->mmu));
    if (machine->cbom_block)
        TRY(fdt_property_u32(fdt, "riscv,cbom-block-size", machine->cbom_block));
    if (machine->cboz_block)
        TRY(fdt_property_u32(fdt, "riscv,cboz-block-size", machine->cboz_block));
    TRY(fdt_begin_node(fdt, "interrupt-controller"));
    TRY(fdt_property_string(fdt, "compatible", "riscv,cpu-intc"));
    TRY(fdt_property_u32(fdt, "#interrupt-cells", 1));
    TRY(fdt_property(fdt, "interrupt-controller", NULL, 0));
    TRY(fdt_property_u32(fdt, "phandle", PHANDLE_INTC + id));
    TRY(fdt_end_node(fdt));
    return fdt_end_node(fdt);
}

static int
cpus_add(void *fdt, const struct device_tree *machine)
{
    TRY(fdt_begin_node(fdt, "cpus"));
    TRY(fdt_property_u32(fdt, "#address-cells", 1));
    TRY(fdt_property_u32(fdt, "#size-cells", 0));
    TRY(fdt_property_u32(fdt, "timebase-frequency", machine->timebase_hz));
    for (unsigned id = 0; id < machine->cpus; id++)
        TRY(cpu_add(fdt, machine, id));
    TRY(device_tree_cpu_map(fdt, machine->cpus));
    return fdt_end_node(fdt);
}

int
device_tree_node_begin(void *fdt, const char *name, uint64_t base, uint64_t size)
{
    fdt64_t reg[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size)};
    char full[48];

    snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)base);
    TRY(fdt_begin_node(fdt, full));
    return fdt_property(fdt, "reg", reg, sizeof(reg));
}

int
device_tree_interrupt(void *fdt, uint32_t irq)
{
    TRY(fdt_property_u32(fdt, "interrupt-parent", PHANDLE_PLIC));
    return fdt_property_u32(fdt, "interrupts", irq);
}

static int
memory_add(void *fdt, const struct device_tree *machine)
{
    TRY(device_tree_node_begin(fdt, "memory", machine->ram_base, machine->ram_size));
    TRY(fdt_property_string(fdt, "device_type", "memory"));
    return fdt_end_node(fdt);
}

static int
chosen_add(void *fdt, const struct device_tree *machine)
{
    TRY(fdt_begin_node(fdt, "chosen"));
    TRY(fdt_property_string(fdt, "bootargs", machine->bootargs));
    TRY(fdt_property_string(fdt, "stdout-path", machine->stdout_path));
    TRY(fdt_property(fdt, "rng-seed", machine->rng_seed, sizeof(machine->rng_seed)));
    if (machine->initrd_size) {
        TRY(fdt_property_u64(fdt, "linux,initrd-start", machine->initrd_start));
        TRY(fdt_property_u64(fdt, "linux,initrd-end",
                             machine->initrd_start + machine->initrd_size));
    }
    return fdt_end_node(fdt);
}

static int
hypervisor_add(void *fdt, const struct device_tree *machine)
{
    TRY(fdt_begin_node(fdt, "hypervisor"));
    TRY(fdt_property_string(fdt, "compatible", "duet,hypervisor"));
    TRY(fdt_property_u32(fdt, "duet,abi-version", DUET_ABI_VERSION));
    TRY(fdt_property_u32(fdt, "duet,sbi-extension", DUET_SBI_EXT));
    /* Events arrive as the external interrupt of the boot hart, hart 0. */
    fdt32_t irq[2] = {cpu_to_fdt32(PHANDLE_INTC), cpu_to_fdt32(IRQ_S_EXT)};
    TRY(fdt_property(fdt, "interrupts-extended", irq, sizeof(irq)));
    if (machine->devices_describe)
        TRY(machine->devices_describe(machine->vm, false, fdt));
    return fdt_end_node(fdt);
}

static int
soc_add(void *fdt, const struct device_tree *machine)
{
    TRY(fdt_begin_node(fdt, "soc"));
    TRY(fdt_property_string(fdt, "compatible", "simple-bus"));
    TRY(fdt_property_u32(fdt, "#address-cells", 2));
    TRY(fdt_property_u32(fdt, "#size-cells", 2));
    TRY(fdt_property(fdt, "ranges", NULL, 0));
    if (machine->devices_describe)
        TRY(machine->devices_describe(machine->vm, true, fdt));
    return fdt_end_node(fdt);
}

static int
build(const struct device_tree *machine, void *fdt, size_t size)
{
    /* Each further use of a property name gets a copy of the name: searching for the first would
     * take longer than everything else here. */
    TRY(fdt_create_with_flags(fdt, (int)size, FDT_CREATE_FLAG_NO_NAME_DEDUP));
    TRY(fdt_finish_reservemap(fdt));
    TRY(fdt_begin_node(fdt, ""));
    TRY(fdt_property_string(fdt, "compatible", "duet,machine"));
    TRY(fdt_property_string(fdt, "model", "duet"));
    TRY(fdt_property_u32(fdt, "#address-cells", 2));
    TRY(fdt_property_u32(fdt, "#size-cells", 2));
    TRY(cpus_add(fdt, machine));
    TRY(memory_add(fdt, machine));
    TRY(chosen_add(fdt, machine));
    if (machine->has_board)
        TRY(soc_add(fdt, machine));
    TRY(hypervisor_add(fdt, machine));
    TRY(fdt_end_node(fdt));
    return fdt_finish(fdt);
}

/* Room behind the tree, as firmware leaves it: U-Boot adds to the tree where it is. The room is not
 * touched, for each page of it would cost what a page of the tree costs (see below). */
static void
spare_add(void *fdt, size_t size)
{
    size_t len = fdt_totalsize(fdt), spare = size - len < SPARE ? size - len : SPARE;

    fdt_set_totalsize(fdt, (uint32_t)(len + spare));
}

int
device_tree_build(const struct device_tree *machine, void *buffer, size_t size)
{
    size_t room = size < PAGE_SIZE ? size : PAGE_SIZE;
    int error;

    /* libfdt clears all the room that it is given, and touching a page of the guest's RAM costs
     * 10,000 instructions. One page is enough for a few harts. */
    while ((error = build(machine, buffer, room)) == -FDT_ERR_NOSPACE && room < size)
        room = size - room < room ? size : 2 * room;
    if (error == -FDT_ERR_NOSPACE)
        return fail("the boot arguments are too long: the device tree has room for %zu bytes",
                    size);
    if (error < 0)
        return fail("cannot build the device tree: %s", fdt_strerror(error));
    if (machine->has_board)
        spare_add(buffer, size);
    return (int)fdt_totalsize(buffer);
}
