/* Events: levels, joined into the boot hart's external interrupt. */
#include "vmm/device/event.h"

#include "vmm/call/hypercall.h"
#include "vmm/guest/irq.h"
#include "vmm/machine/vm.h"

void
events_init(struct events *events, struct irq *irq)
{
    *events = (struct events){.irq = irq, .lock = PTHREAD_MUTEX_INITIALIZER};
}

/* The interrupt's level. With the lock held. */
static bool
is_wanted(const struct events *events)
{
    return events->pending & events->enabled;
}

void
event_set(struct events *events, uint64_t event, bool level)
{
    pthread_mutex_lock(&events->lock);
    if (level)
        events->pending |= event;
    else
        events->pending &= ~event;
    irq_set(events->irq, is_wanted(events));
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
    irq_set(events->irq, is_wanted(events));
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
    irq_set_again(events->irq, is_wanted(events));
    pending = events->pending;
    pthread_mutex_unlock(&events->lock);
    return sbi_value(pending);
}
