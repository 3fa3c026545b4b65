/* A guest for gdb's protocol without KVM. */
#include "tests/unit/gdb_fake.h"

#include <stdio.h>
#include <string.h>

void
fake_begin(struct debugger *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->stub.target = fake;
    for (unsigned hart = 0; hart < FAKE_HARTS; hart++)
        for (unsigned number = 0; number < GDB_REGS; number++)
            fake->reg[hart][number] = 0x100 * hart + number;
    for (unsigned i = 0; i < FAKE_MEMORY; i++)
        fake->memory[i] = (uint8_t)i;
    gdb_stub_attach(&fake->stub);
    gdb_stub_stopped(&fake->stub, 0, GDB_SIGNAL_TRAP);
}

void
fake_clear(struct debugger *fake)
{
    fake->sent_len = 0;
    fake->sent[0] = '\0';
}

unsigned
target_harts(const struct debugger *target)
{
    (void)target;
    return FAKE_HARTS;
}

bool
target_is_started(struct debugger *target, unsigned hart)
{
    (void)target;
    return hart == 0;
}

bool
target_reg_get(struct debugger *target, unsigned hart, unsigned number, uint64_t *value)
{
    *value = target->reg[hart][number];
    return number != GDB_REG_senvcfg; /* as an old KVM */
}

bool
target_reg_set(struct debugger *target, unsigned hart, unsigned number, uint64_t value)
{
    target->reg[hart][number] = value;
    return number != GDB_REG_senvcfg;
}

static uint8_t *
memory_at(struct debugger *target, uint64_t gva, size_t len)
{
    uint64_t offset = gva - FAKE_BASE;

    return offset > FAKE_MEMORY || len > FAKE_MEMORY - offset ? NULL : target->memory + offset;
}

bool
target_read(struct debugger *target, unsigned hart, uint64_t gva, void *to, size_t len)
{
    const uint8_t *from = memory_at(target, gva, len);

    (void)hart;
    if (from)
        memcpy(to, from, len);
    return from;
}

bool
target_write(struct debugger *target, unsigned hart, uint64_t gva, const void *from, size_t len)
{
    uint8_t *to = memory_at(target, gva, len);

    (void)hart;
    if (to)
        memcpy(to, from, len);
    return to;
}

bool
target_breakpoint_set(struct debugger *target, uint64_t gva)
{
    if (target->breakpoint)
        return false;
    target->breakpoint = gva;
    return true;
}

bool
target_breakpoint_clear(struct debugger *target, uint64_t gva)
{
    if (target->breakpoint != gva)
        return false;
    target->breakpoint = 0;
    return true;
}

void
target_resume(struct debugger *target, const enum target_run run[CPUS_MAX])
{
    memcpy(target->run, run, sizeof(target->run));
    target->resumed++;
}

bool
target_stop(struct debugger *target)
{
    target->stopped++;
    return true;
}

void
target_detach(struct debugger *target)
{
    target->detached++;
}

void
target_kill(struct debugger *target)
{
    target->killed++;
}

void
target_monitor(struct debugger *target, unsigned hart, const char *line, struct gdb_packet *answer)
{
    snprintf(target->monitored, sizeof(target->monitored), "%u: %s", hart, line);
    if (line[0])
        gdb_print(answer, "yes");
}

void
target_send(struct debugger *target, const void *data, size_t len)
{
    size_t room = sizeof(target->sent) - 1 - target->sent_len;

    if (len > room)
        len = room;
    memcpy(target->sent + target->sent_len, data, len);
    target->sent_len += len;
    target->sent[target->sent_len] = '\0';
}
