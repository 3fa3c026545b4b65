/* The guest's device tree (Devicetree 0.4), by libfdt: a machine as duet describes it, with one
 * hart that has no extension H, and none for timers. */
#include "hv/guest_tree.h"

#include <libfdt.h>

#include "hv/csr.h"
#include "hv/guest_mem.h"
#include "hv/host.h"
#include "hv/hypercall.h"
#include "hv/print.h"

#define TREE_SIZE 8192
#define TREE_ROOM (2 << 20) /* so that the tree begins at a large page's boundary */

/* libfdt calls return 0 or a negative error: the first one stays. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        int error_ = (call);                                                                       \
        if (error_ < 0)                                                                            \
            return error_;                                                                         \
    } while (0)

static int
cpus_add(void *fdt)
{
    TRY(fdt_begin_node(fdt, "cpus"));
    TRY(fdt_property_u32(fdt, "#address-cells", 1));
    TRY(fdt_property_u32(fdt, "#size-cells", 0));
    TRY(fdt_property_u32(fdt, "timebase-frequency", host.timebase_hz));
    TRY(fdt_begin_node(fdt, "cpu@0"));
    TRY(fdt_property_string(fdt, "device_type", "cpu"));
    TRY(fdt_property_string(fdt, "compatible", "riscv"));
    TRY(fdt_property_u32(fdt, "reg", 0));
    TRY(fdt_property_string(fdt, "status", "okay"));
    TRY(fdt_property_string(fdt, "riscv,isa", "rv64imafdc_zicsr_zifencei"));
    TRY(fdt_property_string(fdt, "mmu-type", "riscv,sv39"));
    TRY(fdt_begin_node(fdt, "interrupt-controller"));
    TRY(fdt_property_string(fdt, "compatible", "riscv,cpu-intc"));
    TRY(fdt_property_u32(fdt, "#interrupt-cells", 1));
    TRY(fdt_property(fdt, "interrupt-controller", NULL, 0));
    TRY(fdt_property_u32(fdt, "phandle", 1));
    TRY(fdt_end_node(fdt));
    TRY(fdt_end_node(fdt));
    return fdt_end_node(fdt);
}

static int
memory_add(void *fdt)
{
    const fdt64_t reg[2] = {cpu_to_fdt64(DUET_RAM_BASE), cpu_to_fdt64(guest_mem_size())};

    TRY(fdt_begin_node(fdt, "memory@80000000"));
    TRY(fdt_property_string(fdt, "device_type", "memory"));
    TRY(fdt_property(fdt, "reg", reg, sizeof(reg)));
    return fdt_end_node(fdt);
}

static int
hypervisor_add(void *fdt)
{
    TRY(fdt_begin_node(fdt, "hypervisor"));
    TRY(fdt_property_string(fdt, "compatible", "duet,hypervisor"));
    TRY(fdt_property_u32(fdt, "duet,abi-version", DUET_ABI_VERSION));
    TRY(fdt_property_u32(fdt, "duet,sbi-extension", DUET_SBI_EXT));
    return fdt_end_node(fdt);
}

static int
tree_build(void *fdt)
{
    TRY(fdt_create(fdt, TREE_SIZE));
    TRY(fdt_finish_reservemap(fdt));
    TRY(fdt_begin_node(fdt, ""));
    TRY(fdt_property_string(fdt, "compatible", "duet,machine"));
    TRY(fdt_property_string(fdt, "model", "hv"));
    TRY(fdt_property_u32(fdt, "#address-cells", 2));
    TRY(fdt_property_u32(fdt, "#size-cells", 2));
    TRY(cpus_add(fdt));
    TRY(memory_add(fdt));
    TRY(fdt_begin_node(fdt, "chosen"));
    TRY(fdt_property_string(fdt, "bootargs", host.arguments));
    TRY(fdt_end_node(fdt));
    TRY(hypervisor_add(fdt));
    TRY(fdt_end_node(fdt));
    return fdt_finish(fdt);
}

uint64_t
guest_tree_make(void)
{
    static _Alignas(8) char fdt[TREE_SIZE];
    uint64_t gpa = DUET_RAM_BASE + guest_mem_size() - TREE_ROOM;
    int error = tree_build(fdt);

    if (error)
        die("the guest's device tree: %s",
            error == -FDT_ERR_NOSPACE ? "the boot arguments are too long" : fdt_strerror(error));
    guest_mem_write(gpa, fdt, fdt_totalsize(fdt));
    return gpa;
}
