/* Requests to save the machine. */
#include "vmm/guest/saving.h"

#include "vmm/machine/vm.h"

void
saving_init(struct saving *saving, bool possible)
{
    *saving = (struct saving){
        .possible = possible, .lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
}

bool
saving_ask(struct vm *vm)
{
    if (!vm->saving.possible)
        return false;
    atomic_store(&vm->saving.asked, true);
    vm_owner_wake(vm);
    return true;
}

bool
saving_ask_by_hart(struct vcpu *vcpu)
{
    struct saving *saving = &vcpu->vm->saving;

    if (!saving->possible)
        return false;
    hold_vcpu_begin(vcpu); /* first: the owner may be about to let all harts go */
    pthread_mutex_lock(&saving->lock);
    saving->caller[vcpu->id] = true;
    pthread_mutex_unlock(&saving->lock);
    return saving_ask(vcpu->vm);
}

int
saving_ask_by_debugger(struct vm *vm)
{
    struct saving *saving = &vm->saving;
    unsigned long before;
    bool failed;

    pthread_mutex_lock(&saving->lock);
    before = saving->count;
    saving->by_debugger = true;
    failed = !saving_ask(vm);
    while (!failed && saving->count == before && !atomic_load(&vm->ending.how))
        pthread_cond_wait(&saving->done, &saving->lock);
    saving->by_debugger = false;
    failed |= saving->count == before || saving->failed;
    pthread_mutex_unlock(&saving->lock);
    return failed ? -1 : 0;
}

bool
saving_take(struct vm *vm)
{
    return atomic_exchange(&vm->saving.asked, false);
}

void
saving_tell(struct vm *vm, bool failed)
{
    struct saving *saving = &vm->saving;

    pthread_mutex_lock(&saving->lock);
    saving->count++;
    saving->failed = failed;
    pthread_cond_broadcast(&saving->done);
    pthread_mutex_unlock(&saving->lock);
}
