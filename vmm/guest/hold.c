/* Holds all harts of a machine out of the guest. */
#include "vmm/guest/hold.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <time.h>

#include "abi/sbi.h"
#include "common/riscv.h"
#include "vmm/guest/ending.h"
#include "vmm/guest/regs.h"
#include "vmm/machine/vm.h"

/* A kick that comes just before a system call that waits is lost: it is repeated after this. */
#define KICK_AGAIN_NS 50000000

/* A hart that is not out after so many, a minute, is given up: it waits for somebody who takes what
 * the guest has written, or KVM has it. */
#define KICKS_MAX 1200

/* How long a hart gets to take on that another has started it: the first time, and the last one. It
 * gets twice as long each time, as a busy host may not have run it; and not for ever, as a guest
 * can look as if there was always one more start. */
#define START_NS     1000000
#define START_NS_MAX 500000000

/* How long such a hart's thread gets until it is on its way to the guest. */
#define WAY_NS 1000000000

void
holding_init(struct holding *holding)
{
    *holding =
        (struct holding){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
}

void
hold_vcpu_out(struct vcpu *vcpu)
{
    struct holding *holding = &vcpu->vm->holding;

    pthread_mutex_lock(&holding->lock);
    holding->out[vcpu->id] = true;
    pthread_cond_broadcast(&holding->changed);
    pthread_mutex_unlock(&holding->lock);
}

void
hold_vcpu_in(struct vcpu *vcpu)
{
    struct holding *holding = &vcpu->vm->holding;

    pthread_mutex_lock(&holding->lock);
    while (holding->hold[vcpu->id])
        pthread_cond_wait(&holding->changed, &holding->lock);
    holding->out[vcpu->id] = false;
    pthread_cond_broadcast(&holding->changed);
    pthread_mutex_unlock(&holding->lock);
}

void
hold_vcpu_kicked(struct vcpu *vcpu)
{
    struct holding *holding = &vcpu->vm->holding;
    bool hold;

    pthread_mutex_lock(&holding->lock);
    hold = holding->hold[vcpu->id];
    pthread_mutex_unlock(&holding->lock);
    if (hold) {
        hold_vcpu_out(vcpu);
        hold_vcpu_in(vcpu);
    }
}

void
hold_vcpu_begin(struct vcpu *vcpu)
{
    struct holding *holding = &vcpu->vm->holding;

    pthread_mutex_lock(&holding->lock);
    holding->hold[vcpu->id] = true;
    pthread_mutex_unlock(&holding->lock);
    vcpu->run->immediate_exit = 1; /* as a kick does: KVM_RUN settles the hart and returns */
}

static bool
all_are_out(const struct vm *vm)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (!vm->holding.out[id])
            return false;
    return true;
}

/* Whether those that were let go are on their way to the guest. */
static bool
all_have_left(const struct vm *vm)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (!vm->holding.hold[id] && vm->holding.out[id])
            return false;
    return true;
}

static bool
never(const struct vm *vm)
{
    (void)vm;
    return false;
}

/* With the lock held, which is let go of meanwhile: waits until something is so, `ns` at the
 * most. */
static void
change_wait(struct vm *vm, long ns, bool (*is_so)(const struct vm *vm))
{
    struct holding *holding = &vm->holding;
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (until.tv_nsec + ns) / 1000000000;
    until.tv_nsec = (until.tv_nsec + ns) % 1000000000;
    while (!is_so(vm) &&
           pthread_cond_clockwait(&holding->changed, &holding->lock, CLOCK_MONOTONIC, &until) == 0)
        ;
}

/* With the lock held: whether those are out that wait for an answer (guest/saving.h). */
static bool
callers_are_out(struct vm *vm)
{
    bool out = true;

    pthread_mutex_lock(&vm->saving.lock);
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        out &= vm->holding.out[id] || (!vm->saving.caller[id] && !vm->saving.copies[id]);
    pthread_mutex_unlock(&vm->saving.lock);
    return out;
}

/* With the lock held, which is let go of meanwhile: kicks those that are in the guest until all are
 * out. Returns what vm_hold() does. A hart that has left as the machine ends does not come here any
 * more. */
static const char *
all_come_out(struct vm *vm, bool was_asked, void (*meanwhile)(struct vm *vm))
{
    struct holding *holding = &vm->holding;

    for (unsigned kicks = 0; !all_are_out(vm); kicks++) {
        if (atomic_load(&vm->ending.how) ||
            (atomic_load(&vm->ending.asked) && !was_asked && callers_are_out(vm)))
            return "it was to end before all of its harts were at rest";
        if (kicks >= KICKS_MAX && callers_are_out(vm))
            return "a hart has not come to rest for a minute; does anybody take its output?";
        for (unsigned id = 0; id < vm->vcpu_count; id++)
            if (!holding->out[id])
                vcpu_kick(&vm->vcpu[id]);
        change_wait(vm, KICK_AGAIN_NS, all_are_out);
        pthread_mutex_unlock(&holding->lock);
        meanwhile(vm);
        pthread_mutex_lock(&holding->lock);
    }
    return NULL;
}

/* Whether another hart has started this one (SBI 2.0 §9.1), and it has not taken that on. KVM says
 * then that it runs, but its registers are those from before: KVM sets them at the next KVM_RUN.
 * Such a hart has never run, or is behind the call by which it stopped itself, which no hart comes
 * back from. */
static bool
start_is_pending(const struct vcpu *vcpu)
{
    struct kvm_mp_state state;
    uint64_t extension, function, pc;

    if (ioctl(vcpu->fd, KVM_GET_MP_STATE, &state) || state.mp_state == KVM_MP_STATE_STOPPED)
        return false;
    if (reg_get(vcpu->fd, REG_GPR(X_A7), &extension) ||
        reg_get(vcpu->fd, REG_GPR(X_A7 - 1), &function) || reg_get(vcpu->fd, REG_GUEST_PC, &pc))
        return false;
    return pc == 0 || (extension == SBI_HSM && function == SBI_HSM_STOP);
}

/* With the lock held. */
static void
hold_all(struct vm *vm, bool hold)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        vm->holding.hold[id] = hold;
}

/* With the lock held, all harts being out: marks those to go on that have a start pending. Whether
 * there is one. */
static bool
pending_find(struct vm *vm)
{
    bool any = false;

    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (start_is_pending(&vm->vcpu[id])) {
            any = true;
            vm->holding.hold[id] = false;
        }
    return any;
}

const char *
vm_hold(struct vm *vm, void (*meanwhile)(struct vm *vm))
{
    struct holding *holding = &vm->holding;
    const bool was_asked = atomic_load(&vm->ending.asked);
    const char *why_not;
    long run_ns = START_NS;

    pthread_mutex_lock(&holding->lock);
    hold_all(vm, true);
    while (!(why_not = all_come_out(vm, was_asked, meanwhile)) && pending_find(vm)) {
        if (run_ns > START_NS_MAX) {
            hold_all(vm, true); /* none has gone on, as the lock was held */
            why_not = "its harts are started again and again, or one looks as if it was";
            break;
        }
        pthread_cond_broadcast(&holding->changed);
        change_wait(vm, WAY_NS, all_have_left);
        change_wait(vm, run_ns, never);
        hold_all(vm, true);
        run_ns *= 2;
    }
    pthread_mutex_unlock(&holding->lock);
    return why_not;
}

void
vm_let_go(struct vm *vm)
{
    struct holding *holding = &vm->holding;

    pthread_mutex_lock(&holding->lock);
    hold_all(vm, false);
    pthread_cond_broadcast(&holding->changed);
    pthread_mutex_unlock(&holding->lock);
}
