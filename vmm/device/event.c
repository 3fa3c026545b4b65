/* Events: levels, joined into the boot hart's external interrupt. */
#include "vmm/device/event.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/call/hypercall.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

void
events_init(struct events *events, int vcpu_fd)
{
    *events = (struct events){.vcpu_fd = vcpu_fd, .lock = PTHREAD_MUTEX_INITIALIZER};
}

/* With the lock held. KVM keeps the level until it is told another, so it hears of changes only. */
static void
line_update(struct events *events)
{
    bool raise = events->pending & events->enabled;
    struct kvm_interrupt interrupt = {.irq = raise ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET};

    if (raise == events->raised)
        return;
    if (ioctl(events->vcpu_fd, KVM_INTERRUPT, &interrupt))
        fail_errno("KVM_INTERRUPT");
    events->raised = raise;
}

void
event_set(struct events *events, uint64_t event, bool level)
{
    pthread_mutex_lock(&events->lock);
    if (level)
        events->pending |= event;
    else
        events->pending &= ~event;
    line_update(events);
    pthread_mutex_unlock(&events->lock);
}

bool
event_offer(struct events *events, uint64_t event)
{
    bool takes;

    pthread_mutex_lock(&events->lock);
    takes = events->enabled & ~events->pending & event;
    if (takes)
        events->pending |= event;
    line_update(events);
    pthread_mutex_unlock(&events->lock);
    return takes;
}

struct sbi_ret
hc_event_select(struct vcpu *vcpu, uint64_t enabled)
{
    struct events *events = &vcpu->vm->events;
    uint64_t pending;

    if (enabled & DUET_EVENT_CONSOLE)
        console_listen(&vcpu->vm->console);
    disks_events_update(vcpu->vm->disks);
    pthread_mutex_lock(&events->lock);
    events->enabled = enabled;
    /* KVM forgets the level when the boot hart is stopped and started again (HSM): say it anew. */
    events->raised = !(events->pending & enabled);
    line_update(events);
    pending = events->pending;
    pthread_mutex_unlock(&events->lock);
    return sbi_value(pending);
}
