/* Events: from the external interrupt to who waits for them. */
#include "toyos/kernel/dev/event.h"

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/dev/block_duet.h"
#include "toyos/kernel/file/console.h"
#include "toyos/kernel/proc/proc.h"

static struct lock event_lock = LOCK_INIT("event");
static uint64_t enabled; /* event_lock */

/* Choose anew; the set that is pending. With the lock until the platform knows, so that two changes
 * do not cross. */
static uint64_t
change(uint64_t on, uint64_t off)
{
    uint64_t pending;

    if (!platform->event_select)
        return 0;
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

    block_duet_interrupt(); /* first: it needs no call, and then the next one finds it done */
    pending = change(0, 0);
    if (pending & DUET_EVENT_CONSOLE)
        console_interrupt();
    if (pending & DUET_EVENT_SHUTDOWN) {
        event_disable(DUET_EVENT_SHUTDOWN); /* it would stay pending */
        proc_shut_down();
    }
}
