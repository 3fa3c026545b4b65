/* Building the device tree: the input is a machine, and the room for its tree. */
#include "tests/fuzz/fuzz.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "abi/memory.h"
#include "vmm/boot/device_tree.h"
#include "vmm/options.h"

#define ROOM_MIN 64 /* libfdt wants room for its own header before it looks at anything */

/* The input up to a NUL, or `max` bytes of it, on the heap with the exact size. */
static char *
take_text(struct input *input, size_t max)
{
    size_t len = strnlen((const char *)input->at, input->left < max ? input->left : max);
    char *text = calloc(1, len + 1);

    fuzz_check(text, "no memory");
    take_bytes(input, text, len);
    take(input, 1);
    return text;
}

static void
has(const void *fdt, const char *path, const char *name, const void *want, int want_len)
{
    int len = -1;
    const void *value = fdt_getprop(fdt, fdt_path_offset(fdt, path), name, &len);

    fuzz_check(value && len == want_len && memcmp(value, want, (size_t)len) == 0,
               "%s of %s is not what was given", name, path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const mmu[] = {"riscv,sv39", "riscv,sv48", "riscv,sv57"};
    struct input input = {data, size};
    struct device_tree machine = {
        .stdout_path = "/hypervisor",
        .cpus = 1 + (unsigned)(take(&input, 1) % CPUS_MAX),
        .mmu = mmu[take(&input, 1) % COUNT_OF(mmu)],
        .timebase_hz = (uint32_t)take(&input, 4),
        .ram_base = take_value(&input, DUET_RAM_BASE, 0),
        .ram_size = take_value(&input, 0, 0x8000000),
        .initrd_start = take_value(&input, DUET_RAM_BASE, 0x88000000),
        .initrd_size = take_value(&input, 0, 0x8000000),
        .cbom_block = (uint32_t)take(&input, 4),
        .cboz_block = (uint32_t)take(&input, 4),
    };
    size_t room = ROOM_MIN + take(&input, 2);
    char *isa = take_text(&input, 511), *bootargs = take_text(&input, 0x20000);
    char *fdt = malloc(room);
    const char *said;
    int len;

    fuzz_check(fdt, "no memory");
    machine.isa = isa;
    machine.bootargs = bootargs;
    said_begin();
    len = device_tree_build(&machine, fdt, room);
    said = said_end();
    if (len < 0) {
        check_one_line(said);
    } else {
        fdt64_t reg[2] = {cpu_to_fdt64(machine.ram_base), cpu_to_fdt64(machine.ram_size)};
        fdt64_t start = cpu_to_fdt64(machine.initrd_start);

        fuzz_check(!said[0] && (size_t)len <= room, "%d bytes for %zu; said: %s", len, room, said);
        fuzz_check(fdt_check_full(fdt, (size_t)len) == 0, "not a device tree");
        has(fdt, "/chosen", "bootargs", bootargs, (int)strlen(bootargs) + 1);
        has(fdt, "/cpus/cpu@0", "riscv,isa", isa, (int)strlen(isa) + 1);
        has(fdt, "/memory", "reg", reg, sizeof(reg));
        if (machine.initrd_size)
            has(fdt, "/chosen", "linux,initrd-start", &start, sizeof(start));
    }
    free(fdt);
    free(isa);
    free(bootargs);
    return 0;
}

static void
machine_give(const char *name, unsigned cpus, const char *bootargs, uint64_t initrd_size)
{
    static const char isa[] = "rv64imafdc_zicsr_zifencei_sstc"; /* as QEMU 7.2's hart has it */
    struct output seed = {0};

    give(&seed, cpus - 1, 1);
    give(&seed, 1, 1);
    give(&seed, 10000000, 4);
    give_value(&seed, DUET_RAM_BASE);
    give_value(&seed, 128 << 20);
    give_value(&seed, 0x87f00000);
    give_value(&seed, initrd_size);
    give(&seed, 64, 4);
    give(&seed, 64, 4);
    give(&seed, 0x10000 - ROOM_MIN, 2);
    give_bytes(&seed, isa, sizeof(isa));
    give_bytes(&seed, bootargs, strlen(bootargs) + 1);
    seed_write(name, seed.data, seed.len);
}

void
fuzz_seeds(void)
{
    machine_give("one", 1, "", 0);
    machine_give("smp", CPUS_MAX, "echo hello", 0);
    machine_give("initrd", 2, "ls /", 0x80000);
}
