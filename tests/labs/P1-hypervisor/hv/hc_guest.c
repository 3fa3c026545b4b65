/* Hypercalls by which the guest reports on itself. */
#include "hv/exit.h"
#include "hv/guest_mem.h"
#include "hv/hypercall.h"
#include "hv/print.h"

/* Longer texts are cut. */
#define TEXT_MAX 200

/* The text, with a NUL behind it. It must not drive the terminal of the person who reads it. */
static void
text_read(char text[TEXT_MAX + 1], uint64_t gpa, uint64_t len)
{
    if (len > TEXT_MAX)
        len = TEXT_MAX;
    guest_mem_read(text, gpa, len);
    text[len] = '\0';
    for (char *c = text; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            *c = '?';
}

struct sbi_ret
hc_guest_log(struct vcpu *vcpu, uint64_t level, uint64_t text, uint64_t text_len)
{
    static const char *const name[DUET_LOG_LEVELS] = {"error", "warn", "info", "debug"};
    char copy[TEXT_MAX + 1];

    (void)vcpu;
    text_read(copy, text, text_len);
    say("guest: %s: %s", name[level], copy);
    return sbi_value(0);
}

struct sbi_ret
hc_guest_panic(struct vcpu *vcpu, uint64_t text, uint64_t text_len, uint64_t regs,
               uint64_t regs_len)
{
    struct duet_trap_regs trap;
    char copy[TEXT_MAX + 1];

    if (regs_len != 0 && regs_len != sizeof(trap))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    text_read(copy, text, text_len);
    if (regs_len) {
        guest_mem_read(&trap, regs, sizeof(trap));
        for (unsigned n = 0; n < X_COUNT; n++)
            vcpu->x[n] = trap.x[n];
        vcpu->pc = trap.pc;
        vcpu->scause = trap.scause;
        vcpu->stval = trap.stval;
    }
    guest_died(vcpu, "panic: %s", copy);
}
