/* Reads the host's device tree, by libfdt (Devicetree 0.4). */
#include "hv/host.h"

#include <libfdt.h>
#include <stddef.h>

#include "hv/print.h"

struct host host;

/* The first address and the length of a node's "reg"; QEMU's has cells of two words each. */
static struct span
reg_read(const void *fdt, int node)
{
    int len = 0;
    const fdt64_t *reg = node < 0 ? NULL : fdt_getprop(fdt, node, "reg", &len);

    if (!reg || len < 16)
        return (struct span){0, 0};
    return (struct span){fdt64_ld(&reg[0]), fdt64_ld(&reg[0]) + fdt64_ld(&reg[1])};
}

/* A number of one or two words; 0 if the property is not there. */
static uint64_t
number_read(const void *fdt, int node, const char *name)
{
    int len = 0;
    const void *value = node < 0 ? NULL : fdt_getprop(fdt, node, name, &len);

    if (len == 8)
        return fdt64_ld(value);
    return len >= 4 ? fdt32_ld(value) : 0;
}

static void *
device_find(const void *fdt, const char *compatible)
{
    return (void *)reg_read(fdt, fdt_node_offset_by_compatible(fdt, -1, compatible)).start;
}

void
host_read(uint64_t hart, uint64_t tree)
{
    const void *fdt = (const void *)tree;
    int chosen = fdt_path_offset(fdt, "/chosen");
    int uart = fdt_node_offset_by_compatible(fdt, -1, "ns16550a");
    int seed_len = 0;
    const char *arguments = chosen < 0 ? NULL : fdt_getprop(fdt, chosen, "bootargs", NULL);

    host.hart = hart;
    host.uart = device_find(fdt, "ns16550a");
    while (!host.uart) /* nobody can be told */
        __asm__ volatile("wfi");
    host.uart_irq = (uint32_t)number_read(fdt, uart, "interrupts");
    host.test = device_find(fdt, "sifive,test0");
    host.plic = device_find(fdt, "riscv,plic0");
    host.rtc = device_find(fdt, "google,goldfish-rtc");
    if (!host.test || !host.plic)
        die("this is not QEMU's machine `virt`: no sifive,test0 or no riscv,plic0");
    host.ram = reg_read(fdt, fdt_node_offset_by_prop_value(fdt, -1, "device_type", "memory", 7));
    host.tree = (struct span){tree, tree + fdt_totalsize(fdt)};
    host.timebase_hz =
        (uint32_t)number_read(fdt, fdt_path_offset(fdt, "/cpus"), "timebase-frequency");
    host.initrd.start = number_read(fdt, chosen, "linux,initrd-start");
    host.initrd.end = number_read(fdt, chosen, "linux,initrd-end");
    host.arguments = arguments ? arguments : "";
    host.seed = chosen < 0 ? NULL : fdt_getprop(fdt, chosen, "rng-seed", &seed_len);
    if (seed_len < HOST_SEED_SIZE)
        host.seed = NULL;
}
