/* A guest for gdb's protocol without KVM. */
#include "tests/unit/gdb_fake.h"

#include <stdio.h>
#include <string.h>

static unsigned
harts(const struct debugger *target)
{
    (void)target;
    return FAKE_HARTS;
}

static bool
is_started(struct debugger *target, unsigned hart)
{
    (void)target;
    return hart == 0;
}

static bool
reg_read(struct debugger *target, unsigned hart, unsigned number, uint64_t *value)
{
    *value = target->reg[hart][number];
    return number != GDB_REG_senvcfg; /* as an old KVM */
}

static bool
reg_write(struct debugger *target, unsigned hart, unsigned number, uint64_t value)
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

static bool
mem_read(struct debugger *target, unsigned hart, uint64_t gva, void *to, size_t len)
{
    const uint8_t *from = memory_at(target, gva, len);

    (void)hart;
    if (from)
        memcpy(to, from, len);
    return from;
}

static bool
mem_write(struct debugger *target, unsigned hart, uint64_t gva, const void *from, size_t len)
{
    uint8_t *to = memory_at(target, gva, len);

    (void)hart;
    if (to)
        memcpy(to, from, len);
    return to;
}

static bool
point_set(struct debugger *target, uint64_t gva, enum breakpoint_kind kind)
{
    if (target->breakpoint)
        return false;
    target->breakpoint = gva;
    target->kind = kind;
    return true;
}

static bool
point_clear(struct debugger *target, uint64_t gva, enum breakpoint_kind kind)
{
    if (target->breakpoint != gva || target->kind != kind)
        return false;
    target->breakpoint = 0;
    return true;
}

static void
resume(struct debugger *target, const struct target_action action[CPUS_MAX])
{
    memcpy(target->action, action, sizeof(target->action));
    target->resumed++;
}

static bool
stop(struct debugger *target)
{
    target->stopped++;
    return true;
}

static void
detach(struct debugger *target)
{
    target->detached++;
}

static void
kill_guest(struct debugger *target)
{
    target->killed++;
}

static void
monitor(struct debugger *target, unsigned hart, const char *line, FILE *answer)
{
    snprintf(target->monitored, sizeof(target->monitored), "%u: %s", hart, line);
    if (line[0])
        fputs("yes", answer);
}

static void
line_send(void *line, const void *data, size_t len)
{
    struct debugger *target = line;
    size_t room = sizeof(target->sent) - 1 - target->sent_len;

    if (len > room)
        len = room;
    memcpy(target->sent + target->sent_len, data, len);
    target->sent_len += len;
    target->sent[target->sent_len] = '\0';
}

static const struct debug_target fake_target = {
    .harts = harts,
    .is_started = is_started,
    .reg_read = reg_read,
    .reg_write = reg_write,
    .mem_read = mem_read,
    .mem_write = mem_write,
    .breakpoint_set = point_set,
    .breakpoint_clear = point_clear,
    .resume = resume,
    .stop = stop,
    .detach = detach,
    .kill = kill_guest,
    .monitor = monitor,
};

void
fake_begin(struct debugger *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->stub.ops = &fake_target;
    fake->stub.target = fake;
    fake->stub.send = line_send;
    fake->stub.line = fake;
    for (unsigned hart = 0; hart < FAKE_HARTS; hart++)
        for (unsigned number = 0; number < GDB_REGS; number++)
            fake->reg[hart][number] = 0x100 * hart + number;
    for (unsigned i = 0; i < FAKE_MEMORY; i++)
        fake->memory[i] = (uint8_t)i;
    gdb_stub_attach(&fake->stub);
    gdb_stub_stopped(&fake->stub, 0, STOP_POINT);
}

void
fake_clear(struct debugger *fake)
{
    fake->sent_len = 0;
    fake->sent[0] = '\0';
}
