/* Notices that all harts have stopped themselves. */
#include "vmm/machine/stopped.h"

#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "vmm/machine/vm.h"
#include "vmm/report/crash.h"

/* If the guest did no more than this between two ticks, our own look caused it. */
#define LOOK_NS 20000000

/* The most idle ticks between two looks, for a guest that waits for a person to type. */
#define SKIP_MAX 8

void
stopped_init(struct stopped *stopped)
{
    *stopped = (struct stopped){.lock = PTHREAD_MUTEX_INITIALIZER};
}

static uint64_t
busy_ns(const struct vm *vm)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < vm->started; i++) {
        struct timespec busy;
        clockid_t clock;

        if (pthread_getcpuclockid(vm->vcpu[i].thread, &clock) == 0 &&
            clock_gettime(clock, &busy) == 0)
            sum += (uint64_t)busy.tv_sec * 1000000000 + (uint64_t)busy.tv_nsec;
    }
    return sum;
}

void
stopped_tick(struct vm *vm)
{
    struct stopped *stopped = &vm->stopped;
    uint64_t now = busy_ns(vm), more = now - stopped->busy_ns;

    stopped->busy_ns = now;
    if (more > LOOK_NS)
        stopped->skipped = stopped->skip_max = 0;
    if (more > 0 || stopped->skipped++ < stopped->skip_max)
        return;
    stopped->skipped = 0;
    stopped->skip_max = stopped->skip_max ? 2 * stopped->skip_max : 1;
    if (stopped->skip_max > SKIP_MAX)
        stopped->skip_max = SKIP_MAX;
    pthread_mutex_lock(&stopped->lock);
    atomic_store(&stopped->asked, true);
    pthread_mutex_unlock(&stopped->lock);
    vm_kick(vm);
}

/* The vCPU must be outside of KVM_RUN: reading the state of one inside would wait for it. */
static bool
is_stopped(const struct vcpu *vcpu)
{
    struct kvm_mp_state state;

    return ioctl(vcpu->fd, KVM_GET_MP_STATE, &state) == 0 && state.mp_state == KVM_MP_STATE_STOPPED;
}

/* Ends all waiting. The caller holds the lock. */
static void
look_end(struct vm *vm)
{
    struct stopped *stopped = &vm->stopped;

    atomic_store(&stopped->asked, false);
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (stopped->waits[id]) {
            stopped->waits[id] = false;
            vcpu_kick(&vm->vcpu[id]);
        }
}

/* The caller holds the lock. All harts are looked at again, for one of them may have been
 * started. */
static bool
all_are_stopped(const struct vm *vm)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (!vm->stopped.waits[id])
            return false;
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (!is_stopped(&vm->vcpu[id]))
            return false;
    return true;
}

void
stopped_vcpu_kicked(struct vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;
    struct stopped *stopped = &vm->stopped;
    bool all = false, wait = false;
    sigset_t kick, before;

    if (!atomic_load(&stopped->asked))
        return;
    /* From here on a kick is kept pending until ppoll() takes it. */
    sigemptyset(&kick);
    sigaddset(&kick, VCPU_KICK_SIGNAL);
    pthread_sigmask(SIG_BLOCK, &kick, &before);
    pthread_mutex_lock(&stopped->lock);
    if (atomic_load(&stopped->asked)) {
        stopped->waits[vcpu->id] = wait = is_stopped(vcpu);
        all = all_are_stopped(vm);
        if (all || !wait)
            look_end(vm);
    }
    pthread_mutex_unlock(&stopped->lock);
    if (wait && !all && !atomic_load(&vm->ending.how)) {
        ppoll(NULL, 0, NULL, &before);
        /* Whoever kicked wants this vCPU to act, so it runs and the look is over. */
        pthread_mutex_lock(&stopped->lock);
        if (stopped->waits[vcpu->id])
            look_end(vm);
        pthread_mutex_unlock(&stopped->lock);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (all)
        crash_report(vcpu, &(struct death){.cause = DEATH_ALL_STOPPED});
}
