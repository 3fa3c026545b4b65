/* Events: from the external interrupt to the handlers. */
#include "toyos/kernel/dev/event.h"

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/platform.h"

#define HANDLERS_MAX 8

/* Constant after boot */
static struct handler {
    uint64_t events;
    void (*run)(void);
} handlers[HANDLERS_MAX];
static unsigned handler_count;
static void (*lookers[HANDLERS_MAX])(void);
static unsigned looker_count;

static struct lock event_lock = LOCK_INIT("event");
static uint64_t enabled; /* event_lock */

void
event_register(uint64_t events, void (*handler)(void))
{
    if (handler_count == HANDLERS_MAX)
        panic("more than %d handlers of events", HANDLERS_MAX);
    handlers[handler_count++] = (struct handler){events, handler};
}

void
event_register_looker(void (*looker)(void))
{
    if (looker_count == HANDLERS_MAX)
        panic("more than %d lookers for events", HANDLERS_MAX);
    lookers[looker_count++] = looker;
}

/* Chooses the wanted events anew and returns those that are pending. The lock is held until the
 * platform has been told, so that two changes cannot cross. */
static uint64_t
change(uint64_t on, uint64_t off)
{
    uint64_t pending;

    lock_acquire(&event_lock);
    enabled = (enabled | on) & ~off;
    pending = platform->event_select(enabled);
    lock_release(&event_lock);
    return pending;
}

void
event_enable(uint64_t events)
{
    change(events, 0);
}

void
event_disable(uint64_t events)
{
    change(0, events);
}

void
event_interrupt(void)
{
    uint64_t pending;

    for (unsigned i = 0; i < looker_count; i++)
        lookers[i]();
    pending = change(0, 0);
    for (unsigned i = 0; i < handler_count; i++)
        if (pending & handlers[i].events)
            handlers[i].run();
}
