/*
 * Hypercalls, from the registers to the handlers: the input is what is typed on the console, what
 * is in RAM, and a few calls one after the other. All handlers of the table are the real ones but
 * for the crash report; there are no disks (target_disk.c has them). console.c is included, for
 * what was typed is its own.
 */
#define input console_input
#include "vmm/console.c"
#undef input

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fake_vm.h"
#include "tests/fuzz/fuzz.h"
#include "vmm/hypercall.h"

#define CALLS_MAX 16

static uint8_t before[FAKE_RAM];

/* What was typed is there at once. */
static void
console_fill(struct input *input)
{
    fake_vm.console.listening = true;
    console_input.at_end = take(input, 1) % 2;
    console_input.head = take(input, 2) % sizeof(console_input.bytes);
    console_input.count = take(input, 2) % (sizeof(console_input.bytes) + 1);
    take_bytes(input, console_input.bytes, 16);
}

/* RAM is as it was, but for the call's OUT buffers; and a call that was refused has left them too.
 */
static void
ram_check(const struct hypercall *call, const uint64_t reg[6], struct sbi_ret ret)
{
    const uint8_t *now = fake_vm.mem.hva;
    unsigned r = 0;

    if (memcmp(now, before, FAKE_RAM) == 0)
        return;
    for (unsigned i = 0; call && i < call->param_count; i++) {
        enum hypercall_kind kind = call->param[i].kind;

        if (kind == KIND_OUT && ret.error == 0) {
            uint64_t offset = reg[r] - FAKE_BASE;

            fuzz_check(ret.value <= reg[r + 1], "%s: %lu bytes filled of %lu", call->name,
                       ret.value, reg[r + 1]);
            if (ret.value > 0 && offset <= FAKE_RAM && ret.value <= FAKE_RAM - offset)
                memcpy(before + offset, now + offset, ret.value);
        }
        r += kind == KIND_IN || kind == KIND_OUT ? 2 : 1;
    }
    fuzz_check(memcmp(now, before, FAKE_RAM) == 0, "call %s wrote where it must not",
               call ? call->name : "(none)");
}

static void
call_make(struct input *input)
{
    struct vcpu *vcpu = &fake_vm.vcpu[take(input, 1) % fake_vm.vcpu_count];
    uint64_t nr = take(input, 1) % (DUET_CALLS + 1);
    const struct hypercall *call = hypercall_find(nr);
    uint64_t reg[6], given[6];
    struct sbi_ret ret;

    for (unsigned i = 0; i < 6; i++)
        reg[i] = take_value(input, FAKE_BASE, FAKE_END);
    memcpy(given, reg, sizeof(given));
    ret = hypercall_serve(vcpu, nr, reg);
    fuzz_check(memcmp(given, reg, sizeof(given)) == 0, "the arguments were changed");
    fuzz_check(call || ret.error == SBI_ERR_NOT_SUPPORTED, "call %lu is not there, but served", nr);
    fuzz_check(ret.error <= 0, "error %ld", ret.error);
    ram_check(call, given, ret);
    fake_vm_interrupt_check();
    fuzz_check(console_input.count <= sizeof(console_input.bytes) &&
                   console_input.head < sizeof(console_input.bytes),
               "the console's buffer is wrong");
}

/* What the guest says does not drive the terminal. */
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
    unsigned calls;

    if (!is_quiet) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        is_quiet = true;
    }
    fake_vm_begin();
    console_fill(&input);
    memset(fake_vm.mem.hva, 0x5a, FAKE_RAM);
    take_bytes(&input, fake_vm.mem.hva, take(&input, 1));
    memcpy(before, fake_vm.mem.hva, FAKE_RAM);
    said_begin();
    for (calls = 0; input.left > 0 && calls < CALLS_MAX; calls++)
        call_make(&input);
    recent_take(&shown, &fake_vm);
    fuzz_check(shown.count == calls, "%u of %u calls are in the report", shown.count, calls);
    recent_print(&shown, 1, stderr);
    text_check(said_end());
    return 0;
}

/* For each call of the table one with good arguments. */
void
fuzz_seeds(void)
{
    static const char text[] = "a line for the developer\n";

    for (uint64_t nr = 0; nr < DUET_CALLS; nr++) {
        const struct hypercall *call = hypercall_find(nr);
        struct output seed = {0};
        unsigned regs = 0;

        if (!call)
            continue;
        give(&seed, 0, 1);
        give(&seed, 0, 2);
        give(&seed, sizeof(text), 2);
        give_bytes(&seed, text, 16);
        give(&seed, sizeof(text), 1);
        give_bytes(&seed, text, sizeof(text));
        give(&seed, 0, 1);
        give(&seed, nr, 1);
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
                give_value(&seed, i ? sizeof(struct duet_trap_regs) : sizeof(text));
                regs++;
                break;
            }
        }
        for (; regs < 6; regs++)
            give_value(&seed, 0);
        seed_write(call->name, seed.data, seed.len);
    }
}
