/* Reads the device tree with libfdt (Devicetree 0.4). */
#include "toyos/kernel/boot/devtree.h"

#include <libfdt.h>
#include <stddef.h>

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/mm/pagetable.h"

/* Reads a number of `cells` 32-bit cells and moves to the next number. */
static uint64_t
read_cells(const fdt32_t **at, int cells)
{
    uint64_t n = 0;

    while (cells-- > 0)
        n = n << 32 | fdt32_ld((*at)++);
    return n;
}

static bool
property_is(const void *fdt, int node, const char *name, const char *text)
{
    const char *value = fdt_getprop(fdt, node, name, NULL);

    return value && strcmp(value, text) == 0;
}

/* The value of a property of one or two cells; its length says which. */
static bool
read_number(const void *fdt, int node, const char *name, uint64_t *value)
{
    int len;
    const fdt32_t *at = fdt_getprop(fdt, node, name, &len);

    if (!at || (len != 4 && len != 8))
        return false;
    *value = read_cells(&at, len / 4);
    return true;
}

/* Calls `each` for each range of a node's "reg" (§2.3.6). */
static void
read_reg(const void *fdt, int parent, int node, struct ranges *ranges,
         void (*each)(struct ranges *, struct range))
{
    int len, address_cells = fdt_address_cells(fdt, parent), size_cells;
    const fdt32_t *at = fdt_getprop(fdt, node, "reg", &len);

    size_cells = fdt_size_cells(fdt, parent);
    if (!at || address_cells < 1 || size_cells < 1)
        return;
    for (int n = len / 4 / (address_cells + size_cells); n > 0; n--) {
        uint64_t start = read_cells(&at, address_cells);
        uint64_t size = read_cells(&at, size_cells);
        each(ranges, (struct range){start, start + size});
    }
}

static void
read_memory(struct machine *m, const void *fdt)
{
    int node, reserved;

    fdt_for_each_subnode(node, fdt, 0)
    {
        if (property_is(fdt, node, "device_type", "memory"))
            read_reg(fdt, 0, node, &m->ram, ranges_add);
    }
    for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
        uint64_t start, size;
        if (fdt_get_mem_rsv(fdt, i, &start, &size) == 0)
            ranges_remove(&m->ram, (struct range){start, start + size});
    }
    reserved = fdt_path_offset(fdt, "/reserved-memory");
    if (reserved >= 0)
        fdt_for_each_subnode(node, fdt, reserved)
            read_reg(fdt, reserved, node, &m->ram, ranges_remove);
}

/* Whether "riscv,isa", such as "rv64imac_zicsr_sstc", names a multi-letter extension. */
static bool
isa_has(const void *fdt, int node, const char *extension)
{
    const char *isa = fdt_getprop(fdt, node, "riscv,isa", NULL);
    size_t len = strlen(extension);

    while (isa && (isa = strchr(isa, '_'))) {
        isa++;
        if (strncmp(isa, extension, len) == 0 && (isa[len] == '_' || isa[len] == '\0'))
            return true;
    }
    return false;
}

static void
read_cpus(struct machine *m, const void *fdt)
{
    int node, cpus = fdt_path_offset(fdt, "/cpus");

    if (cpus < 0 || !read_number(fdt, cpus, "timebase-frequency", &m->timebase_hz) ||
        m->timebase_hz == 0)
        panic("device tree: no timebase-frequency in /cpus");
    m->has_sstc = true;
    fdt_for_each_subnode(node, fdt, cpus)
    {
        const char *status = fdt_getprop(fdt, node, "status", NULL);
        if (!property_is(fdt, node, "device_type", "cpu") || m->hart_count == NCPU ||
            (status && strcmp(status, "okay") != 0))
            continue;
        if (read_number(fdt, node, "reg", &m->hart_id[m->hart_count]))
            m->hart_count++;
        m->has_sstc &= isa_has(fdt, node, "sstc");
    }
}

static void
read_chosen(struct machine *m, const void *fdt)
{
    int node = fdt_path_offset(fdt, "/chosen");
    const char *bootargs = node < 0 ? NULL : fdt_getprop(fdt, node, "bootargs", NULL);

    m->bootargs = bootargs ? bootargs : "";
    if (node < 0 || !read_number(fdt, node, "linux,initrd-start", &m->initrd.start) ||
        !read_number(fdt, node, "linux,initrd-end", &m->initrd.end) ||
        m->initrd.start > m->initrd.end)
        m->initrd = (struct range){0, 0};
}

static void
read_devices(struct machine *m, const void *fdt)
{
    struct ranges test = {0};
    int node = fdt_node_offset_by_compatible(fdt, -1, "sifive,test0");

    if (node < 0)
        node = fdt_node_offset_by_compatible(fdt, -1, "sifive,test1");
    if (node >= 0) {
        read_reg(fdt, fdt_parent_offset(fdt, node), node, &test, ranges_add);
        m->test_device = test.count ? test.range[0].start : 0;
    }
    m->has_duet = fdt_node_offset_by_compatible(fdt, -1, "duet,hypervisor") >= 0;
}

void
devtree_read(struct machine *machine, uint64_t pa)
{
    const void *fdt = pa_to_kva(pa);
    int error = fdt_check_header(fdt);

    if (error)
        panic("device tree at 0x%lx: %s", pa, fdt_strerror(error));
    machine->devtree = (struct range){pa, pa + fdt_totalsize(fdt)};
    read_memory(machine, fdt);
    read_cpus(machine, fdt);
    read_chosen(machine, fdt);
    read_devices(machine, fdt);
    if (!machine->ram.count)
        panic("device tree: no memory");
}
