/* Hypercalls by which a guest reports on itself: log and panic. */
#include <stdio.h>
#include <string.h>

#include "vmm/call/hypercall.h"
#include "vmm/machine/vm.h"

/* A longer text is cut. */
#define TEXT_MAX 512

struct sbi_ret
hc_guest_log(struct vcpu *vcpu, uint64_t level, const void *text, uint64_t text_len)
{
    static const char *const name[DUET_LOG_LEVELS] = {"error", "warn", "info", "debug"};
    char line[TEXT_MAX + 1];
    size_t len = text_len < TEXT_MAX ? text_len : TEXT_MAX;

    if ((int)level > vcpu->vm->options->log_level)
        return sbi_value(0);
    memcpy(line, text, len);
    while (len > 0 && line[len - 1] == '\n')
        len--;
    line[len] = '\0';
    /* Control characters are replaced: a guest must not drive the terminal of the person who reads
     * its log. */
    for (size_t i = 0; i < len; i++)
        if (line[i] < ' ' || line[i] >= 0x7f)
            line[i] = '?';
    fprintf(stderr, "guest: %s: %s\n", name[level], line);
    return sbi_value(0);
}

struct sbi_ret
hc_guest_panic(struct vcpu *vcpu, const void *text, uint64_t text_len, const void *regs,
               uint64_t regs_len)
{
    struct duet_trap_regs trap;

    if (regs_len != 0 && regs_len != sizeof(trap))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (regs_len)
        memcpy(&trap, regs, sizeof(trap));
    vcpu_died(vcpu, &(struct death){.cause = DEATH_PANIC,
                                    .text = text,
                                    .text_len = text_len < TEXT_MAX ? text_len : TEXT_MAX,
                                    .trap = regs_len ? &trap : NULL});
    return sbi_value(0);
}
