/* The device tree that the guest gets, read back with libfdt: Devicetree 0.4 §3, and Linux's
 * bindings for RISC-V cpus. */
#include "tests/unit/unit.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi/hypercalls.h"
#include "vmm/boot/device_tree.h"
#include "vmm/options.h"

#define SIZE 0x10000 /* of the place that the VMM has for it */

static const struct device_tree machine = {
    .ram_base = 0x80000000,
    .ram_size = 0x180000000, /* more than 32 bits */
    .cpus = 2,
    .isa = "rv64imafdc_zicsr_sstc",
    .mmu = "riscv,sv48",
    .timebase_hz = 10000000,
    .bootargs = "echo hello",
    .initrd_start = 0x1fff00000,
    .initrd_size = 0x12345,
    .cbom_block = 64,
    .cboz_block = 128,
    .rng_seed = "thirty-two bytes, by chance:1234",
    .stdout_path = "/hypervisor",
};

static char fdt[SIZE] __attribute__((aligned(8)));

static void
build(const struct device_tree *tree)
{
    int len;

    memset(fdt, 0xaa, sizeof(fdt));
    len = device_tree_build(tree, fdt, sizeof(fdt));
    assert_true(len > 0 && len <= SIZE);
    assert_int_equal(fdt_check_full(fdt, (size_t)len), 0);
    assert_int_equal(fdt_totalsize(fdt), len);
}

static const void *
property(const char *path, const char *name, int *len)
{
    int node = fdt_path_offset(fdt, path);
    const void *value;

    expect(node >= 0, "there is no node %s", path);
    value = fdt_getprop(fdt, node, name, len);
    expect(!!value, "%s has no property %s", path, name);
    return value;
}

static void
has_text(const char *path, const char *name, const char *want)
{
    int len;
    const char *value = property(path, name, &len);

    assert_int_equal(len, strlen(want) + 1);
    assert_string_equal(value, want);
}

static uint64_t
cell(const void *value, int index)
{
    return fdt32_ld((const fdt32_t *)value + index);
}

static void
has_u32(const char *path, const char *name, uint32_t want)
{
    int len;
    const void *value = property(path, name, &len);

    assert_int_equal(len, 4);
    assert_int_equal(cell(value, 0), want);
}

static void
has_u64(const char *path, const char *name, uint64_t want)
{
    int len;
    const void *value = property(path, name, &len);

    assert_int_equal(len, 8);
    assert_int_equal(cell(value, 0) << 32 | cell(value, 1), want);
}

static void
has_not(const char *path, const char *name)
{
    int node = fdt_path_offset(fdt, path);

    assert_true(node >= 0);
    expect(!fdt_getprop(fdt, node, name, NULL), "%s has a property %s", path, name);
}

static void
the_root_says_what_the_machine_is(void **state)
{
    (void)state;
    build(&machine);
    has_text("/", "compatible", "duet,machine");
    has_text("/", "model", "duet");
    has_u32("/", "#address-cells", 2);
    has_u32("/", "#size-cells", 2);
}

static void
memory_is_where_ram_is(void **state)
{
    int len;
    const void *reg;

    (void)state;
    build(&machine);
    has_text("/memory@80000000", "device_type", "memory");
    reg = property("/memory@80000000", "reg", &len);
    assert_int_equal(len, 16);
    assert_int_equal(cell(reg, 0) << 32 | cell(reg, 1), 0x80000000);
    assert_int_equal(cell(reg, 2) << 32 | cell(reg, 3), 0x180000000);
}

/* A cpu's node and what hangs on it. */
static void
has_cpu(unsigned id, const struct device_tree *tree)
{
    char cpu[32], intc[64];

    snprintf(cpu, sizeof(cpu), "/cpus/cpu@%x", id);
    snprintf(intc, sizeof(intc), "%s/interrupt-controller", cpu);
    has_text(cpu, "device_type", "cpu");
    has_text(cpu, "compatible", "riscv");
    has_text(cpu, "status", "okay");
    has_text(cpu, "riscv,isa", tree->isa);
    has_text(cpu, "mmu-type", tree->mmu);
    has_u32(cpu, "reg", id);
    has_text(intc, "compatible", "riscv,cpu-intc");
    has_u32(intc, "#interrupt-cells", 1);
    property(intc, "interrupt-controller", NULL);
    has_u32(intc, "phandle", fdt_get_phandle(fdt, fdt_path_offset(fdt, intc)));
}

static unsigned
cpu_count(void)
{
    unsigned count = 0;
    int node;

    fdt_for_each_subnode(node, fdt, fdt_path_offset(fdt, "/cpus")) count +=
        !!fdt_getprop(fdt, node, "device_type", NULL);
    return count;
}

static void
each_cpu_is_there(void **state)
{
    (void)state;
    build(&machine);
    has_u32("/cpus", "#address-cells", 1);
    has_u32("/cpus", "#size-cells", 0);
    has_u32("/cpus", "timebase-frequency", 10000000);
    assert_int_equal(cpu_count(), 2);
    has_cpu(0, &machine);
    has_cpu(1, &machine);
}

static void
sixteen_cpus_with_all_extensions_fit(void **state)
{
    struct device_tree large = machine;
    char isa[512]; /* the longest that the VMM makes */

    (void)state;
    memset(isa, 'z', sizeof(isa) - 1);
    isa[sizeof(isa) - 1] = '\0';
    large.cpus = CPUS_MAX;
    large.isa = isa;
    assert_true(CPUS_MAX >= 16);
    build(&large);
    assert_int_equal(cpu_count(), CPUS_MAX);
    for (unsigned id = 0; id < CPUS_MAX; id++) {
        has_cpu(id, &large);
        for (unsigned other = 0; other < id; other++) {
            char path[2][64];

            snprintf(path[0], sizeof(path[0]), "/cpus/cpu@%x/interrupt-controller", id);
            snprintf(path[1], sizeof(path[1]), "/cpus/cpu@%x/interrupt-controller", other);
            assert_int_not_equal(fdt_get_phandle(fdt, fdt_path_offset(fdt, path[0])),
                                 fdt_get_phandle(fdt, fdt_path_offset(fdt, path[1])));
        }
    }
}

/* Linux's binding riscv/extensions.yaml: a word for each, and the base apart. */
static void
each_extension_is_a_word(void **state)
{
    static const char words[] = "i\0m\0a\0f\0d\0c\0zicsr\0sstc";
    struct device_tree plain = machine;
    const void *value;
    int len;

    (void)state;
    build(&machine);
    has_text("/cpus/cpu@1", "riscv,isa-base", "rv64i");
    value = property("/cpus/cpu@1", "riscv,isa-extensions", &len);
    assert_int_equal(len, sizeof(words));
    assert_memory_equal(value, words, sizeof(words));
    plain.isa = "rv64im";
    build(&plain);
    value = property("/cpus/cpu@0", "riscv,isa-extensions", &len);
    assert_int_equal(len, 4);
    assert_memory_equal(value, "i\0m", 4);
}

/* Linux's binding cpu-topology: each hart is a core of the one cluster. */
static void
the_map_has_each_cpu(void **state)
{
    (void)state;
    build(&machine);
    for (unsigned id = 0; id < 2; id++) {
        char core[48], cpu[32];

        snprintf(core, sizeof(core), "/cpus/cpu-map/cluster0/core%u", id);
        snprintf(cpu, sizeof(cpu), "/cpus/cpu@%x", id);
        has_u32(core, "cpu", fdt_get_phandle(fdt, fdt_path_offset(fdt, cpu)));
    }
    assert_true(fdt_path_offset(fdt, "/cpus/cpu-map/cluster0/core2") < 0);
    assert_int_not_equal(fdt_get_phandle(fdt, fdt_path_offset(fdt, "/cpus/cpu@0")),
                         fdt_get_phandle(fdt, fdt_path_offset(fdt, "/cpus/cpu@1")));
}

static void
chosen_has_the_boot_arguments_and_the_console(void **state)
{
    struct device_tree silent = machine;

    (void)state;
    build(&machine);
    has_text("/chosen", "bootargs", "echo hello");
    has_text("/chosen", "stdout-path", "/hypervisor");
    silent.bootargs = "";
    build(&silent);
    has_text("/chosen", "bootargs", "");
}

/* Linux's bindings for RISC-V cpus: Zicbom and Zicboz are nothing without. */
static void
extensions_have_the_sizes_of_their_blocks(void **state)
{
    struct device_tree plain = machine;

    (void)state;
    build(&machine);
    has_u32("/cpus/cpu@0", "riscv,cbom-block-size", 64);
    has_u32("/cpus/cpu@1", "riscv,cboz-block-size", 128);
    plain.cbom_block = plain.cboz_block = 0;
    build(&plain);
    has_not("/cpus/cpu@0", "riscv,cbom-block-size");
    has_not("/cpus/cpu@0", "riscv,cboz-block-size");
}

static void
chosen_has_the_seed(void **state)
{
    const void *seed;
    int len;

    (void)state;
    build(&machine);
    seed = property("/chosen", "rng-seed", &len);
    assert_int_equal(len, DEVICE_TREE_SEED);
    assert_memory_equal(seed, machine.rng_seed, DEVICE_TREE_SEED);
}

static void
chosen_has_the_initial_ram_disk_if_there_is_one(void **state)
{
    struct device_tree diskless = machine;

    (void)state;
    build(&machine);
    has_u64("/chosen", "linux,initrd-start", 0x1fff00000);
    has_u64("/chosen", "linux,initrd-end", 0x1fff12345);
    diskless.initrd_size = 0;
    build(&diskless);
    has_not("/chosen", "linux,initrd-start");
    has_not("/chosen", "linux,initrd-end");
}

static void
the_hypervisor_says_how_to_talk_to_it(void **state)
{
    int len;
    const void *irq;

    (void)state;
    build(&machine);
    has_text("/hypervisor", "compatible", "duet,hypervisor");
    has_u32("/hypervisor", "duet,abi-version", DUET_ABI_VERSION);
    has_u32("/hypervisor", "duet,sbi-extension", DUET_SBI_EXT);
    /* Events raise hart 0's supervisor external interrupt, which is number 9. */
    irq = property("/hypervisor", "interrupts-extended", &len);
    assert_int_equal(len, 8);
    assert_int_equal(
        cell(irq, 0),
        fdt_get_phandle(fdt, fdt_path_offset(fdt, "/cpus/cpu@0/interrupt-controller")));
    assert_int_equal(cell(irq, 1), 9);
}

/* A device's node; it fails where `vm` is not what it was given. */
static int
device_describe(const struct vm *vm, bool of_board, void *tree)
{
    int error = fdt_begin_node(tree, of_board ? "horn" : "bell");

    if (vm != (const void *)&machine)
        return -FDT_ERR_BADVALUE;
    if (!error)
        error = fdt_property_string(tree, "compatible", "duet,bell");
    return error ? error : fdt_end_node(tree);
}

static void
devices_add_nodes_below_the_hypervisor(void **state)
{
    struct device_tree with_device = machine;
    const char *said;
    int result;

    (void)state;
    with_device.devices_describe = device_describe;
    with_device.vm = (const void *)&machine;
    build(&with_device);
    has_text("/hypervisor/bell", "compatible", "duet,bell");
    has_text("/hypervisor", "compatible", "duet,hypervisor");
    with_device.vm = NULL;
    capture_begin(STDERR_FILENO);
    result = device_tree_build(&with_device, fdt, sizeof(fdt));
    said = capture_end();
    assert_int_equal(result, -1);
    expect_one_line(said);
}

static void
the_boards_devices_are_on_a_bus(void **state)
{
    struct device_tree with_board = machine;

    (void)state;
    with_board.devices_describe = device_describe;
    with_board.vm = (const void *)&machine;
    with_board.has_board = true;
    build(&with_board);
    has_text("/soc", "compatible", "simple-bus");
    has_text("/soc/horn", "compatible", "duet,bell");
    has_text("/hypervisor/bell", "compatible", "duet,bell");
    assert_true(fdt_path_offset(fdt, "/hypervisor/horn") < 0);
    build(&machine);
    assert_true(fdt_path_offset(fdt, "/soc") < 0);
}

/* A loader adds its own, in place. */
static void
with_a_board_there_is_room_to_add(void **state)
{
    static char words[0x2000];
    struct device_tree with_board = machine;

    (void)state;
    with_board.has_board = true;
    build(&with_board);
    assert_int_equal(
        fdt_setprop(fdt, fdt_path_offset(fdt, "/chosen"), "more", words, sizeof(words)), 0);
    assert_int_equal(fdt_check_full(fdt, fdt_totalsize(fdt)), 0);
    build(&machine);
    assert_int_equal(
        fdt_setprop(fdt, fdt_path_offset(fdt, "/chosen"), "more", words, sizeof(words)),
        -FDT_ERR_NOSPACE);
}

static void
refused(const struct device_tree *tree, size_t size)
{
    const char *said;
    int result;

    capture_begin(STDERR_FILENO);
    result = device_tree_build(tree, fdt, size);
    said = capture_end();
    assert_int_equal(result, -1);
    expect_one_line(said);
    expect(!!strstr(said, "duet: the boot arguments are too long"), "unclear: %s", said);
}

static void
boot_arguments_that_do_not_fit_are_refused(void **state)
{
    static char words[SIZE + 1];
    struct device_tree wordy = machine;

    (void)state;
    memset(words, 'x', sizeof(words) - 1);
    wordy.bootargs = words;
    refused(&wordy, SIZE);
    words[60000] = '\0';
    build(&wordy);
    has_text("/chosen", "bootargs", words);
}

static void
a_place_too_small_by_any_length_is_refused(void **state)
{
    int len = device_tree_build(&machine, fdt, sizeof(fdt));

    (void)state;
    assert_true(len > 64);
    /* libfdt wants room for its own header before it looks at anything. */
    for (size_t size = 64; size < (size_t)len; size++) {
        /* A sanitizer sees what is written beyond the end of an allocation. */
        char *place = test_malloc(size);
        int result;

        capture_begin(STDERR_FILENO);
        result = device_tree_build(&machine, place, size);
        capture_end();
        test_free(place);
        assert_int_equal(result, -1);
    }
    assert_int_equal(device_tree_build(&machine, fdt, (size_t)len), len);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_says_what_the_machine_is),
        cmocka_unit_test(memory_is_where_ram_is),
        cmocka_unit_test(each_cpu_is_there),
        cmocka_unit_test(each_extension_is_a_word),
        cmocka_unit_test(the_map_has_each_cpu),
        cmocka_unit_test(sixteen_cpus_with_all_extensions_fit),
        cmocka_unit_test(chosen_has_the_boot_arguments_and_the_console),
        cmocka_unit_test(extensions_have_the_sizes_of_their_blocks),
        cmocka_unit_test(chosen_has_the_seed),
        cmocka_unit_test(chosen_has_the_initial_ram_disk_if_there_is_one),
        cmocka_unit_test(the_hypervisor_says_how_to_talk_to_it),
        cmocka_unit_test(devices_add_nodes_below_the_hypervisor),
        cmocka_unit_test(the_boards_devices_are_on_a_bus),
        cmocka_unit_test(with_a_board_there_is_room_to_add),
        cmocka_unit_test(boot_arguments_that_do_not_fit_are_refused),
        cmocka_unit_test(a_place_too_small_by_any_length_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
