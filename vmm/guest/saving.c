/* Requests to save the machine. */
#include "vmm/guest/saving.h"

#include <stdint.h>
#include <unistd.h>

#include "vmm/log.h"
#include "vmm/machine/vm.h"

void
saving_init(struct saving *saving, bool possible)
{
    *saving = (struct saving){.possible = possible,
                              .lock = PTHREAD_MUTEX_INITIALIZER,
                              .done = PTHREAD_COND_INITIALIZER,
                              .notify_fd = -1};
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

void
saving_fork_by_hart(struct vcpu *vcpu, unsigned copies)
{
    struct saving *saving = &vcpu->vm->saving;

    hold_vcpu_begin(vcpu); /* first, as above */
    pthread_mutex_lock(&saving->lock);
    saving->copies[vcpu->id] = copies;
    pthread_mutex_unlock(&saving->lock);
    atomic_store(&saving->copy_asked, true);
    vm_owner_wake(vcpu->vm);
}

int
saving_ask_by_debugger(struct vm *vm)
{
    struct saving *saving = &vm->saving;
    unsigned long number;
    bool failed;

    pthread_mutex_lock(&saving->lock);
    number = saving->begun + 1;
    saving->by_debugger = true;
    failed = !saving_ask(vm);
    while (!failed && saving->count < number && !atomic_load(&vm->ending.how))
        pthread_cond_wait(&saving->done, &saving->lock);
    saving->by_debugger = false;
    failed |= saving->count < number || saving->failed;
    pthread_mutex_unlock(&saving->lock);
    return failed ? -1 : 0;
}

bool
saving_ask_from_outside(struct vm *vm, int notify_fd, unsigned long *number)
{
    struct saving *saving = &vm->saving;
    bool is_asked;

    pthread_mutex_lock(&saving->lock);
    saving->notify_fd = notify_fd;
    *number = saving->begun + 1;
    is_asked = saving_ask(vm);
    pthread_mutex_unlock(&saving->lock);
    return is_asked;
}

enum saving_state
saving_look(struct vm *vm, unsigned long number)
{
    struct saving *saving = &vm->saving;
    enum saving_state state = atomic_load(&vm->ending.how) ? SAVING_FAILED : SAVING_GOES_ON;

    pthread_mutex_lock(&saving->lock);
    if (saving->count >= number)
        state = saving->failed ? SAVING_FAILED : SAVING_DONE;
    pthread_mutex_unlock(&saving->lock);
    return state;
}

bool
saving_is_asked(struct vm *vm)
{
    return atomic_load(&vm->saving.asked) || atomic_load(&vm->saving.copy_asked);
}

bool
saving_begin(struct vm *vm)
{
    struct saving *saving = &vm->saving;
    bool save;

    pthread_mutex_lock(&saving->lock);
    atomic_store(&saving->copy_asked, false);
    save = atomic_exchange(&saving->asked, false);
    if (save)
        saving->begun++;
    pthread_mutex_unlock(&saving->lock);
    return save;
}

unsigned
saving_copies_take(struct vm *vm, unsigned hart)
{
    struct saving *saving = &vm->saving;
    unsigned copies;

    pthread_mutex_lock(&saving->lock);
    copies = saving->copies[hart];
    saving->copies[hart] = 0;
    pthread_mutex_unlock(&saving->lock);
    return copies;
}

static void
change_tell(struct saving *saving)
{
    uint64_t one = 1;

    pthread_cond_broadcast(&saving->done);
    if (saving->notify_fd >= 0 && write(saving->notify_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

void
saving_tell(struct vm *vm, bool failed)
{
    struct saving *saving = &vm->saving;

    pthread_mutex_lock(&saving->lock);
    saving->count++;
    saving->failed = failed;
    change_tell(saving);
    pthread_mutex_unlock(&saving->lock);
}

void
saving_end(struct vm *vm)
{
    pthread_mutex_lock(&vm->saving.lock);
    change_tell(&vm->saving);
    pthread_mutex_unlock(&vm->saving.lock);
}
