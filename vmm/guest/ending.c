/* The end of a machine, and the kick by which its vCPUs notice it. */
#include "vmm/guest/ending.h"

#include <linux/kvm.h>
#include <pthread.h>
#include <unistd.h>

#include "vmm/machine/vm.h"

/* The kvm_run of this thread's vCPU, for the kick's signal handler. */
static _Thread_local struct kvm_run *volatile kicked_run;

void
ending_init(struct ending *ending, death_report *report)
{
    *ending = (struct ending){.report = report, .owner = gettid()};
}

void
vcpu_died(struct vcpu *vcpu, const struct death *death)
{
    vcpu->vm->ending.report(vcpu, death);
}

/* A kick that comes just before KVM_RUN must not be lost: immediate_exit makes that call return. */
static void
kick_handler(int signo)
{
    (void)signo;
    if (kicked_run)
        kicked_run->immediate_exit = 1;
}

void
vcpu_kick_init(void)
{
    struct sigaction action = {.sa_handler = kick_handler};

    sigaction(VCPU_KICK_SIGNAL, &action, NULL);
}

void
vcpu_kick_enable(struct vcpu *vcpu)
{
    sigset_t kick;

    sigemptyset(&kick);
    sigaddset(&kick, VCPU_KICK_SIGNAL);
    kicked_run = vcpu->run;
    pthread_sigmask(SIG_UNBLOCK, &kick, NULL);
    atomic_store(&vcpu->tid, gettid());
    /* Before the end is checked, so that no kick is missed. */
    atomic_thread_fence(memory_order_seq_cst);
}

void
vcpu_kick_disable(struct vcpu *vcpu)
{
    atomic_store(&vcpu->tid, 0);
    kicked_run = NULL;
}

void
vcpu_kick(struct vcpu *vcpu)
{
    int tid = atomic_load(&vcpu->tid);

    /* The thread is named by its number: unlike a pthread_t, the number of an ended thread does no
     * harm. */
    if (tid)
        tgkill(getpid(), tid, VCPU_KICK_SIGNAL);
}

void
vm_kick(struct vm *vm)
{
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        vcpu_kick(&vm->vcpu[id]);
}

void
vm_owner_wake(const struct vm *vm)
{
    /* By number, too: the owner outlives all other threads. */
    tgkill(getpid(), vm->ending.owner, VCPU_KICK_SIGNAL);
}

static void
end_once(struct vm *vm, unsigned how)
{
    unsigned running = 0;

    if (!atomic_compare_exchange_strong(&vm->ending.how, &running, VM_ENDED | how))
        return;
    vm_kick(vm);
    vm_owner_wake(vm);
}

void
vm_end(struct vm *vm, unsigned status)
{
    end_once(vm, status & VM_STATUS_MASK);
}

void
vm_reset(struct vm *vm)
{
    end_once(vm, atomic_load(&vm->ending.asked) ? 0 : VM_RESET);
}
