/* How the debugger stops the harts and resumes them, and to whom an EBREAK belongs. */
#include <stdio.h>

#include "common/riscv.h"
#include "vmm/debug/debugger_state.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/trap.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

/* Plants every breakpoint at each place that its address leads to on any hart. */
static void
points_plant(struct debugger *debugger)
{
    struct breakpoints *points = &debugger->points;

    breakpoint_replant(points);
    for (unsigned i = 0; i < points->set_count; i++) {
        bool is_planted = false;
        char text[96];
        uint64_t gpa;

        for (unsigned hart = 0; hart < debugger->vm->vcpu_count; hart++)
            if (hart_translate(debugger, hart, points->set[i].gva, &gpa) &&
                breakpoint_plant(points, points->set[i].gva, gpa, false))
                is_planted = true;
        if (is_planted || points->set[i].gva == debugger->reported_gva)
            continue;
        debugger->reported_gva = points->set[i].gva;
        snprintf(text, sizeof(text),
                 "duet: no hart has 0x%lx mapped now: a breakpoint there has no effect until the "
                 "next stop\n",
                 points->set[i].gva);
        gdb_stub_say(&debugger->stub, text);
    }
}

/* Resumes a hart. */
static void
hart_release(struct debugger *debugger, unsigned number)
{
    struct debugger_hart *hart = &debugger->hart[number];

    pthread_mutex_lock(&debugger->lock);
    hart->event = HART_NOTHING;
    hart->hold = false;
    pthread_mutex_unlock(&debugger->lock);
    sem_post(&hart->go);
}

void
harts_go(struct debugger *debugger)
{
    points_plant(debugger);
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++)
        if (debugger->hart[i].action.run == TARGET_STEP)
            step_plant(debugger, i, &debugger->hart[i].step);
    debugger->stopped = false;
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++)
        if (debugger->hart[i].action.run != TARGET_HOLD)
            hart_release(debugger, i);
}

/* The caller holds the lock. */
static bool
are_harts_out(const struct debugger *debugger)
{
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++)
        if (!debugger->hart[i].parked && !debugger->hart[i].left)
            return false;
    return true;
}

bool
harts_stop(struct debugger *debugger)
{
    struct vm *vm = debugger->vm;
    bool has_ended;

    pthread_mutex_lock(&debugger->lock);
    for (unsigned i = 0; i < vm->vcpu_count; i++)
        debugger->hart[i].hold = true;
    vm_kick(vm);
    while (!are_harts_out(debugger) && !atomic_load(&vm->ending.how) && !debugger->vm_over)
        pthread_cond_wait(&debugger->changed, &debugger->lock);
    has_ended = atomic_load(&vm->ending.how) || debugger->vm_over;
    for (unsigned i = 0; i < vm->vcpu_count; i++)
        if (debugger->hart[i].event == HART_EBREAK)
            debugger->hart[i].event = HART_NOTHING;
    pthread_mutex_unlock(&debugger->lock);
    debugger->solo = -1;
    if (has_ended)
        return false;
    breakpoint_unplant(&debugger->points);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];

        if (hart->masked)
            gdb_reg_set(vm->vcpu[i].fd, GDB_REG_sie, hart->sie);
        hart->masked = false;
    }
    debugger->stopped = true;
    return true;
}

/* One hart runs alone, past an EBREAK that belongs to another hart, or to another address of the
 * same memory. */
static void
solo_begin(struct debugger *debugger, unsigned hart)
{
    debugger->past = hart_step(debugger, hart, &(struct target_action){.run = TARGET_STEP});
    debugger->solo = (int)hart;
    step_plant(debugger, hart, &debugger->past);
    debugger->stopped = false;
    hart_release(debugger, hart);
}

enum hit {
    HIT_NONE,
    HIT_STOP, /* a breakpoint, or the end of a step */
    HIT_PAST, /* the hart that ran alone has passed the EBREAK */
    HIT_PASS, /* the EBREAK is not for this hart */
};

/* A hart has reached an EBREAK. If the guest put it there, it raises the guest's exception. */
static enum hit
ebreak_serve(struct debugger *debugger, unsigned number)
{
    struct breakpoints *points = &debugger->points;
    struct debugger_hart *hart = &debugger->hart[number];
    uint64_t pc = hart_pc(debugger, number), gpa = 0;
    bool is_for_us = breakpoint_is_set(points, pc) ||
                     (hart->action.run == TARGET_STEP && step_has(&hart->step, pc));

    hart_translate(debugger, number, pc, &gpa);
    if (breakpoint_is_planted(points, gpa)) {
        if (debugger->solo == (int)number)
            return HIT_PAST;
        return is_for_us ? HIT_STOP : HIT_PASS;
    }
    if (!breakpoint_copy(points, pc, gpa, is_for_us)) {
        /* Its stval may be 0 (Privileged 1.12 §4.1.9), as it is on QEMU. */
        if (trap_raise(&debugger->vm->vcpu[number], pc, CAUSE_BREAKPOINT, 0))
            fail_errno("KVM_SET_ONE_REG of a breakpoint exception");
    } else if (is_for_us) {
        return HIT_STOP;
    }
    hart_release(debugger, number);
    return HIT_NONE;
}

static void
stop_tell(struct debugger *debugger, unsigned hart, enum stop_reason reason)
{
    if (reason != STOP_POINT)
        debugger->hart[hart].death_was_reported = true;
    gdb_stub_stopped(&debugger->stub, hart, reason);
}

void
harts_serve(struct debugger *debugger)
{
    int stop = -1, pass = -1;
    bool is_past = false;
    enum stop_reason reason = STOP_POINT;

    if (debugger->stopped)
        return;
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];
        enum hart_event event;
        enum hit hit = HIT_NONE;

        pthread_mutex_lock(&debugger->lock);
        event = hart->parked ? hart->event : HART_NOTHING;
        pthread_mutex_unlock(&debugger->lock);
        if (event == HART_EBREAK)
            hit = ebreak_serve(debugger, i);
        if (event == HART_DIED && stop < 0)
            reason = hart->reason;
        if ((event == HART_DIED || hit == HIT_STOP) && stop < 0)
            stop = (int)i;
        if (hit == HIT_PASS && pass < 0)
            pass = (int)i;
        is_past |= hit == HIT_PAST;
    }
    if ((stop < 0 && pass < 0 && !is_past) || !harts_stop(debugger))
        return;
    if (stop >= 0 && reason == STOP_POINT && step_goes_on(debugger, (unsigned)stop)) {
        struct debugger_hart *hart = &debugger->hart[stop];

        hart->step = hart_step(debugger, (unsigned)stop, &hart->action);
        harts_go(debugger);
    } else if (stop >= 0)
        stop_tell(debugger, (unsigned)stop, reason);
    else if (is_past)
        harts_go(debugger);
    else
        solo_begin(debugger, (unsigned)pass);
}

/* Nobody debugs any more, so the harts run freely. */
static void
harts_free(struct debugger *debugger)
{
    debugger->points.set_count = 0;
    for (unsigned i = 0; i < CPUS_MAX; i++)
        debugger->hart[i].action = (struct target_action){.run = TARGET_CONTINUE};
    harts_go(debugger);
}

void
harts_resume(struct debugger *debugger, const struct target_action action[CPUS_MAX])
{
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];

        if (hart->event == HART_DIED && !hart->death_was_reported) {
            stop_tell(debugger, i, hart->reason);
            return;
        }
        if (hart->event == HART_DIED) { /* the ending was shown; the vCPU's thread ends the VM */
            hart_release(debugger, i);
            return;
        }
    }
    for (unsigned i = 0; i < debugger->vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];

        hart->action = action[i];
        if (action[i].run == TARGET_STEP)
            hart->step = hart_step(debugger, i, &action[i]);
    }
    harts_go(debugger);
}

void
harts_detach(struct debugger *debugger)
{
    if (debugger->stopped || harts_stop(debugger))
        harts_free(debugger);
}
