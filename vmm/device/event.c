/* Events: levels, joined into the boot hart's external interrupt. */
#include "vmm/device/event.h"

#include "vmm/guest/irq.h"

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

uint64_t
events_select(struct events *events, uint64_t enabled)
{
    uint64_t pending;

    pthread_mutex_lock(&events->lock);
    events->enabled = enabled;
    irq_set_again(events->irq, is_wanted(events));
    pending = events->pending;
    pthread_mutex_unlock(&events->lock);
    return pending;
}
