/* What the device tree says of harts besides their nodes: extensions one by one, and the topology.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "vmm/boot/device_tree.h"
#include "vmm/boot/isa.h"
#include "vmm/options.h"

#define TRY DEVICE_TREE_TRY

/* An instruction set's name begins with its base, "rv64". */
#define ISA_BASE_LEN 4

int
device_tree_isa(void *fdt, const char *isa)
{
    char list[2 * ISA_NAME_MAX]; /* each letter becomes two bytes */
    size_t letters = strcspn(isa, "_"), len = 0;

    TRY(fdt_property_string(fdt, "riscv,isa", isa));
    if (letters <= ISA_BASE_LEN || strlen(isa) >= ISA_NAME_MAX)
        return 0;
    for (size_t at = ISA_BASE_LEN; at < letters; at++) {
        list[len++] = isa[at];
        list[len++] = '\0';
    }
    if (isa[letters]) {
        size_t rest = strlen(isa + letters + 1) + 1;

        memcpy(list + len, isa + letters + 1, rest);
        for (char *end = list + len; (end = strchr(end, '_'));)
            *end++ = '\0';
        len += rest;
    }
    TRY(fdt_property_string(fdt, "riscv,isa-base", "rv64i"));
    return fdt_property(fdt, "riscv,isa-extensions", list, (int)len);
}

int
device_tree_cpu_map(void *fdt, unsigned cpus)
{
    TRY(fdt_begin_node(fdt, "cpu-map"));
    TRY(fdt_begin_node(fdt, "cluster0"));
    for (unsigned id = 0; id < cpus; id++) {
        char name[16];

        snprintf(name, sizeof(name), "core%u", id);
        TRY(fdt_begin_node(fdt, name));
        TRY(fdt_property_u32(fdt, "cpu", PHANDLE_CPU + id));
        TRY(fdt_end_node(fdt));
    }
    TRY(fdt_end_node(fdt));
    return fdt_end_node(fdt);
}

int
device_tree_harts_interrupt(void *fdt, unsigned harts, uint32_t first, uint32_t second)
{
    fdt32_t list[4 * CPUS_MAX];

    for (unsigned hart = 0; hart < harts; hart++) {
        list[4 * hart] = list[4 * hart + 2] = cpu_to_fdt32(PHANDLE_INTC + hart);
        list[4 * hart + 1] = cpu_to_fdt32(first);
        list[4 * hart + 3] = cpu_to_fdt32(second);
    }
    return fdt_property(fdt, "interrupts-extended", list, (int)(4 * harts * sizeof(list[0])));
}
