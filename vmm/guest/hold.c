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

/* How long a hart gets to take on that another has started it. */
#define START_NS 1000000

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

/* With the lock held: waits for a change, `ns` at the most. False if none came. */
static bool
change_wait(struct holding *holding, long ns)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ns;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return pthread_cond_clockwait(&holding->changed, &holding->lock, CLOCK_MONOTONIC, &until) == 0;
}

static bool
all_are_out(const struct vm *vm)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (!vm->holding.out[id])
            return false;
    return true;
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
 * out. False if the machine ends: a hart that has left does not come here any more; or if it was
 * asked to shut down. */
static bool
all_come_out(struct vm *vm, bool was_asked, void (*meanwhile)(struct vm *vm))
{
    struct holding *holding = &vm->holding;

    while (!all_are_out(vm)) {
        if (atomic_load(&vm->ending.how) ||
            (atomic_load(&vm->ending.asked) && !was_asked && callers_are_out(vm)))
            return false;
        for (unsigned id = 0; id < vm->vcpu_count; id++)
            if (!holding->out[id])
                vcpu_kick(&vm->vcpu[id]);
        while (!all_are_out(vm) && change_wait(holding, KICK_AGAIN_NS))
            ;
        pthread_mutex_unlock(&holding->lock);
        meanwhile(vm);
        pthread_mutex_lock(&holding->lock);
    }
    return true;
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

bool
vm_hold(struct vm *vm, void (*meanwhile)(struct vm *vm))
{
    struct holding *holding = &vm->holding;
    const bool was_asked = atomic_load(&vm->ending.asked);
    bool out, again;

    pthread_mutex_lock(&holding->lock);
    hold_all(vm, true);
    do {
        again = false;
        out = all_come_out(vm, was_asked, meanwhile);
        for (unsigned id = 0; out && id < vm->vcpu_count; id++)
            if (start_is_pending(&vm->vcpu[id])) {
                again = true;
                holding->hold[id] = false;
            }
        if (!again)
            break;
        /* Only these run, for a moment. */
        pthread_cond_broadcast(&holding->changed);
        while (change_wait(holding, START_NS))
            ;
        hold_all(vm, true);
    } while (out);
    pthread_mutex_unlock(&holding->lock);
    return out;
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
