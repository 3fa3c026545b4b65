/*
 * Hypercalls and the SBI calls that KVM leaves to duet, from the registers to the handlers: the
 * input is what is typed on the console, what is in RAM, and a few calls one after the other, which
 * may be traced and timed. All handlers of the table are the real ones but for the crash report;
 * there are no disks (target_disk.c has them). console.c is included, for what was typed is its
 * own.
 */
#define input console_input
#include "vmm/device/console.c"
#undef input

#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fake_vm.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/call/hypercall.h"
#include "vmm/report/recent.h"

#define CALLS_MAX 16

static uint8_t before[FAKE_RAM];

/* What was typed is available at once; the last part came through a terminal. */
static void
console_fill(struct input *input)
{
    char typed[16];
    bool escaped = false;
    size_t len;

    console_of(&fake_vm)->listening = true;
    console_input.at_end = take(input, 1) % 2;
    console_input.head = take(input, 2) % sizeof(console_input.bytes);
    console_input.count = take(input, 2) % (sizeof(console_input.bytes) + 1);
    take_bytes(input, console_input.bytes, sizeof(typed));
    take_bytes(input, typed, sizeof(typed));
    len = escapes_take(console_of(&fake_vm), typed, sizeof(typed), &escaped);
    fuzz_check(len <= sizeof(typed), "%zu bytes of %zu typed", len, sizeof(typed));
}

/* Runs with --trace and --stats. */
static void
observe(bool traced, bool timed)
{
    static struct histogram duration[2][DUET_CALLS];

    for (unsigned i = 0; timed && i < fake_vm.vcpu_count; i++)
        fake_vm.vcpu[i].stats.duration = duration[i];
    fake_vm.trace = traced ? trace_open("/dev/null", "guest.elf") : NULL;
    fuzz_check(!traced || fake_vm.trace, "no trace");
}

/* The call may have changed these bytes. */
static void
ram_changed(uint64_t gpa, uint64_t len)
{
    uint64_t offset = gpa - FAKE_BASE;

    if (len > 0 && offset <= FAKE_RAM && len <= FAKE_RAM - offset)
        memcpy(before + offset, (uint8_t *)fake_vm.mem.hva + offset, len);
}

/* Checks that RAM is unchanged except for what the call filled, and that a refused call filled
 * nothing. */
static void
ram_check(uint64_t extension, uint64_t nr, const uint64_t reg[6], struct sbi_ret ret)
{
    const struct hypercall *call = extension == DUET_SBI_EXT ? hypercall_find(nr) : NULL;
    unsigned r = 0;

    if (memcmp(fake_vm.mem.hva, before, FAKE_RAM) == 0)
        return;
    for (unsigned i = 0; call && ret.error == 0 && i < call->param_count; i++) {
        enum hypercall_kind kind = call->param[i].kind;

        if (kind == KIND_OUT) {
            fuzz_check(ret.value <= reg[r + 1], "%s: %lu bytes filled of %lu", call->name,
                       ret.value, reg[r + 1]);
            ram_changed(reg[r], ret.value);
        }
        r += kind == KIND_IN || kind == KIND_OUT ? 2 : 1;
    }
    if (extension == SBI_DBCN && nr == SBI_DBCN_READ && ret.error == 0) {
        fuzz_check(ret.value <= reg[0], "DBCN: %lu bytes read of %lu", ret.value, reg[0]);
        ram_changed(reg[1], ret.value);
    }
    fuzz_check(memcmp(fake_vm.mem.hva, before, FAKE_RAM) == 0,
               "call %lu of extension 0x%lx wrote where it must not", nr, extension);
}

/* Whether there is such a call. */
static bool
call_exists(uint64_t extension, uint64_t nr)
{
    switch (extension) {
    case DUET_SBI_EXT:
        return hypercall_find(nr);
    case SBI_DBCN:
        return nr <= SBI_DBCN_WRITE_BYTE;
    case SBI_BASE:
        return nr == SBI_BASE_PROBE;
    default:
        return false;
    }
}

/* Returns whether it was a hypercall. */
static bool
call_make(struct input *input)
{
    static const uint64_t others[] = {SBI_DBCN, SBI_BASE, SBI_LEGACY_PUTCHAR, DUET_SBI_EXT + 1};
    static struct kvm_run run[2];
    unsigned which = (unsigned)take(input, 1);
    struct vcpu *vcpu = &fake_vm.vcpu[which % fake_vm.vcpu_count];
    uint64_t nr = take(input, 1) % (DUET_CALLS + 1), given[6];
    uint64_t extension = which & 0x80 ? others[which / 2 % COUNT_OF(others)] : DUET_SBI_EXT;
    struct sbi_ret ret;

    vcpu->run = &run[vcpu->id];
    vcpu->run->riscv_sbi.extension_id = extension;
    vcpu->run->riscv_sbi.function_id = nr;
    for (unsigned i = 0; i < 6; i++)
        vcpu->run->riscv_sbi.args[i] = given[i] = take_value(input, FAKE_BASE, FAKE_END);
    sbi_serve(vcpu);
    ret.error = (int64_t)vcpu->run->riscv_sbi.ret[0];
    ret.value = vcpu->run->riscv_sbi.ret[1];
    for (unsigned i = 0; i < 6; i++)
        fuzz_check(vcpu->run->riscv_sbi.args[i] == given[i], "the arguments were changed");
    fuzz_check(call_exists(extension, nr) || ret.error == SBI_ERR_NOT_SUPPORTED,
               "call %lu of extension 0x%lx is not there, but served", nr, extension);
    fuzz_check(ret.error <= 0, "error %ld", ret.error);
    ram_check(extension, nr, given, ret);
    fake_vm_interrupt_check();
    fuzz_check(console_input.count <= sizeof(console_input.bytes) &&
                   console_input.head < sizeof(console_input.bytes),
               "the console's buffer is wrong");
    return extension == DUET_SBI_EXT;
}

/* Checks that the guest's text cannot drive the terminal. */
static void
text_check(const char *said)
{
    for (; *said; said++)
        fuzz_check(*said == '\n' || (*said >= ' ' && *said < 0x7f), "0x%02x was printed",
                   (unsigned char)*said);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_quiet;
    static struct recent_shown shown;
    struct input input = {data, size};
    unsigned observed, hypercalls = 0;

    if (!is_quiet) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        is_quiet = true;
    }
    fake_vm_begin();
    observed = (unsigned)take(&input, 1);
    observe(observed & 1, observed & 2);
    said_begin();
    console_fill(&input);
    memset(fake_vm.mem.hva, 0x5a, FAKE_RAM);
    take_bytes(&input, fake_vm.mem.hva, take(&input, 1));
    memcpy(before, fake_vm.mem.hva, FAKE_RAM);
    for (unsigned calls = 0; input.left > 0 && calls < CALLS_MAX; calls++)
        hypercalls += call_make(&input);
    if (fake_vm.trace)
        fuzz_check(trace_close(fake_vm.trace) == 0, "the trace is not whole");
    recent_take(&shown, &fake_vm);
    fuzz_check(shown.count == hypercalls, "%u of %u calls are in the report", shown.count,
               hypercalls);
    recent_print(&shown, 1, stderr);
    text_check(said_end());
    return 0;
}

/* What is typed, what is in RAM, and the beginning of a call. */
static void
seed_begin(struct output *seed, unsigned observed, unsigned which, uint64_t nr)
{
    static const char text[32] = "a line for the developer\n\1h\1x\1\1";

    give(seed, observed, 1);
    give(seed, 0, 1);
    give(seed, 0, 2);
    give(seed, 16, 2);
    give_bytes(seed, text, sizeof(text));
    give(seed, sizeof(text), 1);
    give_bytes(seed, text, sizeof(text));
    give(seed, which, 1);
    give(seed, nr, 1);
}

/* For each call one with valid arguments, plain and observed. */
static void
hypercall_seed(const struct hypercall *call, uint64_t nr, unsigned observed)
{
    struct output seed = {0};
    unsigned regs = 0;
    char name[64];

    seed_begin(&seed, observed, 0, nr);
    for (unsigned i = 0; i < call->param_count; i++, regs++) {
        switch (call->param[i].kind) {
        case KIND_VALUE:
            give_value(&seed, DUET_ABI_VERSION);
            break;
        case KIND_FLAGS:
            give_value(&seed, call->param[i].limit);
            break;
        case KIND_HANDLE:
            give_value(&seed, call->param[i].limit - 1);
            break;
        case KIND_IN:
        case KIND_OUT:
            give_value(&seed, FAKE_BASE);
            give_value(&seed, i ? sizeof(struct duet_trap_regs) : 26);
            regs++;
            break;
        }
    }
    for (; regs < 6; regs++)
        give_value(&seed, 0);
    snprintf(name, sizeof(name), "%s%s", call->name, observed ? "-observed" : "");
    seed_write(name, seed.data, seed.len);
}

void
fuzz_seeds(void)
{
    for (unsigned observed = 0; observed < 4; observed += 3)
        for (uint64_t nr = 0; nr < DUET_CALLS; nr++)
            if (hypercall_find(nr))
                hypercall_seed(hypercall_find(nr), nr, observed);
    for (unsigned nr = 0; nr < 8; nr++) {
        struct output seed = {0};
        char name[16] = "sbi-0";

        name[4] = (char)('0' + nr);
        seed_begin(&seed, 0, 0x80 + nr / 4 * 2, nr % 4);
        for (unsigned regs = 0; regs < 6; regs++)
            give_value(&seed, regs == 0 ? 26 : regs == 1 ? FAKE_BASE : 0);
        seed_write(name, seed.data, seed.len);
    }
}
