/* A pause of the vCPUs. */
#include "vmm/guest/pause.h"

#include <linux/kvm.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

void
vm_pause(struct vm *vm, int notify_fd)
{
    atomic_store(&vm->pause.notify_fd, notify_fd);
    atomic_store(&vm->pause.wanted, true);
    vm_kick(vm);
}

void
vm_resume(struct vm *vm)
{
    atomic_store(&vm->pause.wanted, false);
    vm_kick(vm);
}

bool
vm_is_paused(const struct vm *vm)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (!atomic_load(&vm->vcpu[id].paused) && !atomic_load(&vm->vcpu[id].left))
            return false;
    return true;
}

static void
tell(const struct vm *vm)
{
    uint64_t one = 1;

    if (write(atomic_load(&vm->pause.notify_fd), &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

static bool
is_wanted(const struct vm *vm)
{
    return atomic_load(&vm->pause.wanted) && !atomic_load(&vm->ending.how);
}

bool
pause_vcpu_wait(struct vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;
    sigset_t kick, before;

    if (!is_wanted(vm)) {
        atomic_store(&vcpu->paused, false);
        return false;
    }
    /* From here on a kick is kept until ppoll() takes it. */
    sigemptyset(&kick);
    sigaddset(&kick, VCPU_KICK_SIGNAL);
    pthread_sigmask(SIG_BLOCK, &kick, &before);
    if (!atomic_exchange(&vcpu->paused, true))
        tell(vm);
    /* immediate_exit: a kick came before, for something that the caller may not have looked at. */
    if (is_wanted(vm) && !vcpu->run->immediate_exit)
        ppoll(NULL, 0, NULL, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return true;
}
