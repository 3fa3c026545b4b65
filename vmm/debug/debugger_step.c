/* Steps, made by planting EBREAKs wherever an instruction, or a range of them, may lead. */
#include <linux/kvm.h>

#include "vmm/debug/debugger_state.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/machine/vm.h"

bool
step_has(const struct step *step, uint64_t pc)
{
    for (unsigned i = 0; i < step->count; i++)
        if (step->next[i] == pc)
            return true;
    return false;
}

struct fetcher {
    struct debugger *debugger;
    unsigned hart;
};

static bool
parcel_fetch(void *context, uint64_t pc, uint16_t *parcel)
{
    const struct fetcher *fetcher = context;

    return hart_read(fetcher->debugger, fetcher->hart, pc, parcel, sizeof(*parcel));
}

struct step
hart_step(struct debugger *debugger, unsigned hart, const struct target_action *action)
{
    struct fetcher fetcher = {debugger, hart};
    uint64_t x[X_COUNT];
    struct step_hart state = {
        .pc = hart_pc(debugger, hart),
        .x = x,
        .sepc = hart_reg(debugger, hart, GDB_REG_sepc),
        .stvec = hart_reg(debugger, hart, GDB_REG_stvec),
        .user = hart_reg(debugger, hart, GDB_REG_PRIV) == KVM_RISCV_MODE_U,
    };

    for (unsigned n = 0; n < X_COUNT; n++)
        x[n] = hart_reg(debugger, hart, GDB_REG_X0 + n);
    return step_decode_range(&state, action->start, action->end, parcel_fetch, &fetcher);
}

void
step_plant(struct debugger *debugger, unsigned number, const struct step *step)
{
    struct debugger_hart *hart = &debugger->hart[number];
    uint64_t gpa;

    for (unsigned i = 0; i < step->count; i++)
        if (hart_translate(debugger, number, step->next[i], &gpa))
            breakpoint_plant(&debugger->points, step->next[i], gpa, true);
    if (step->system)
        return;
    hart->sie = hart_reg(debugger, number, GDB_REG_sie);
    hart->masked = gdb_reg_set(debugger->vm->vcpu[number].fd, GDB_REG_sie, 0);
}

bool
step_goes_on(struct debugger *debugger, unsigned hart)
{
    const struct target_action *action = &debugger->hart[hart].action;
    uint64_t pc = hart_pc(debugger, hart);

    return action->run == TARGET_STEP && pc >= action->start && pc < action->end &&
           !breakpoint_is_set(&debugger->points, pc);
}
