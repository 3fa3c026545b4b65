/* Events: their levels together drive the external interrupt of the boot hart. */
#include "vmm/device/event.h"

#include "vmm/guest/irq.h"

void
events_init(struct events *events, struct irq *irq)
{
    *events = (struct events){.irq = irq, .lock = PTHREAD_MUTEX_INITIALIZER};
}

/* The level that the interrupt should have. The caller holds the lock. */
static bool
interrupt_level(const struct events *events)
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
    irq_set(events->irq, IRQ_EVENTS, interrupt_level(events));
    pthread_mutex_unlock(&events->lock);
}

bool
event_is_pending(struct events *events, uint64_t event)
{
    bool is;

    pthread_mutex_lock(&events->lock);
    is = events->pending & event;
    pthread_mutex_unlock(&events->lock);
    return is;
}

bool
event_offer(struct events *events, uint64_t event)
{
    bool offered;

    pthread_mutex_lock(&events->lock);
    offered = events->enabled & ~events->pending & event;
    if (offered)
        events->pending |= event;
    irq_set(events->irq, IRQ_EVENTS, interrupt_level(events));
    pthread_mutex_unlock(&events->lock);
    return offered;
}

uint64_t
events_select(struct events *events, uint64_t enabled)
{
    uint64_t pending;

    pthread_mutex_lock(&events->lock);
    events->enabled = enabled;
    irq_set_again(events->irq, IRQ_EVENTS, interrupt_level(events));
    pending = events->pending;
    pthread_mutex_unlock(&events->lock);
    return pending;
}
