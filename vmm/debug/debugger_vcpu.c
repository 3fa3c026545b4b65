/* The debugger's part on the vCPU threads: a vCPU that is held waits here, outside of the guest. */
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/debug/debugger.h"
#include "vmm/debug/debugger_state.h"
#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

static struct debugger_hart *
hart_of(const struct vcpu *vcpu)
{
    return &vcpu->vm->debugger->hart[vcpu->id];
}

/* Waits outside of the guest for as long as the hart is held. The caller holds the lock. */
static void
park(struct vcpu *vcpu)
{
    struct debugger *debugger = vcpu->vm->debugger;
    struct debugger_hart *hart = hart_of(vcpu);

    hart->parked = true;
    hold_vcpu_out(vcpu);
    pthread_cond_broadcast(&debugger->changed);
    while (hart->hold && !atomic_load(&vcpu->vm->ending.how)) {
        pthread_mutex_unlock(&debugger->lock);
        sem_wait(&hart->go); /* a kick interrupts it */
        pthread_mutex_lock(&debugger->lock);
    }
    hart->parked = false;
    pthread_mutex_unlock(&debugger->lock);
    hold_vcpu_in(vcpu);
    pthread_mutex_lock(&debugger->lock);
}

void
debugger_vcpu_pause(struct vcpu *vcpu)
{
    struct debugger *debugger = vcpu->vm->debugger;

    if (!debugger)
        return;
    pthread_mutex_lock(&debugger->lock);
    if (hart_of(vcpu)->hold)
        park(vcpu);
    pthread_mutex_unlock(&debugger->lock);
}

void
debugger_vcpu_begin(struct vcpu *vcpu)
{
    struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE};

    if (!vcpu->vm->debugger)
        return;
    if (ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug)) {
        fail_errno("KVM_SET_GUEST_DEBUG");
        vm_end(vcpu->vm, STATUS_FAILED);
    }
    debugger_vcpu_pause(vcpu);
}

/* Reports an event to the debugger's thread, and waits until it resumes the hart. */
static void
event_tell(struct vcpu *vcpu, enum hart_event event, enum stop_reason reason)
{
    struct debugger *debugger = vcpu->vm->debugger;
    struct debugger_hart *hart = hart_of(vcpu);

    pthread_mutex_lock(&debugger->lock);
    hart->event = event;
    hart->reason = reason;
    hart->hold = true;
    gdb_link_wake(&debugger->link);
    park(vcpu);
    pthread_mutex_unlock(&debugger->lock);
}

void
debugger_vcpu_ebreak(struct vcpu *vcpu)
{
    event_tell(vcpu, HART_EBREAK, STOP_NONE);
}

void
debugger_vcpu_died(struct vcpu *vcpu, enum stop_reason reason)
{
    if (vcpu->vm->debugger)
        event_tell(vcpu, HART_DIED, reason);
}

void
debugger_vcpu_end(struct vcpu *vcpu)
{
    struct debugger *debugger = vcpu->vm->debugger;

    if (!debugger)
        return;
    pthread_mutex_lock(&debugger->lock);
    hart_of(vcpu)->left = true;
    pthread_cond_broadcast(&debugger->changed);
    pthread_mutex_unlock(&debugger->lock);
}
