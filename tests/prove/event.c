/* Events and the interrupt that they raise: KVM here is a level, and may forget it. */
#include "tests/prove/prove.h"

#include <linux/kvm.h>
#include <stdarg.h>

#include "vmm/device/event.h"
#include "vmm/guest/irq.h"

/* with: vmm/device/event.c vmm/guest/irq.c tests/prove/log.c */

static bool kvm_level;
static unsigned kvm_calls;

/* glibc's prototype. */
int
ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    struct kvm_interrupt *interrupt;

    (void)fd;
    va_start(args, request);
    interrupt = va_arg(args, struct kvm_interrupt *);
    va_end(args);
    prove_check(request == KVM_INTERRUPT, "KVM_INTERRUPT is all that is asked for");
    prove_check(interrupt->irq == KVM_INTERRUPT_SET || interrupt->irq == KVM_INTERRUPT_UNSET,
                "set or unset");
    kvm_level = interrupt->irq == KVM_INTERRUPT_SET;
    kvm_calls++;
    return 0;
}

/* In the middle of a life: what is pending and selected is raised. */
static void
any_events(struct events *events, struct irq *irq)
{
    irq_init(irq, 3);
    events_init(events, irq);
    events->pending = prove_u64("pending");
    events->enabled = prove_u64("enabled");
    irq->levels = (unsigned)!!(events->pending & events->enabled) << IRQ_EVENTS |
                  (unsigned)prove_bool("the board's level") << IRQ_PLIC;
    irq->raised = kvm_level = irq->levels;
}

static void
check_raised(const struct events *events, const struct irq *irq)
{
    bool plic = irq->levels >> IRQ_PLIC & 1;

    prove_check((irq->levels >> IRQ_EVENTS & 1) == !!(events->pending & events->enabled),
                "the events' level is high while one is pending and selected");
    prove_check(kvm_level == ((events->pending & events->enabled) || plic),
                "the interrupt is raised while one of the two levels is high");
}

PROVE(event_set, 1, QUICK)
{
    struct events events;
    struct irq irq;
    uint64_t event = prove_u64("event"), before, enabled;
    bool level = prove_bool("level"), was;

    any_events(&events, &irq);
    before = events.pending;
    enabled = events.enabled;
    was = kvm_level;
    event_set(&events, event, level);
    prove_check(events.pending == (level ? before | event : before & ~event) &&
                    events.enabled == enabled,
                "this event has the level, others keep theirs");
    check_raised(&events, &irq);
    prove_check(kvm_calls == (was != kvm_level), "KVM is told of changes only");
}

PROVE(event_offer, 1, QUICK)
{
    struct events events;
    struct irq irq;
    uint64_t event = (uint64_t)1 << prove_below("number of the event", 64), before;
    bool offered;

    any_events(&events, &irq);
    before = events.pending;
    offered = event_offer(&events, event);
    prove_check(offered == ((events.enabled & event) && !(before & event)),
                "offered if it is selected, and not pending already");
    prove_check(events.pending == (offered ? before | event : before), "and pending then");
    check_raised(&events, &irq);
}

PROVE(events_select, 1, QUICK)
{
    struct events events;
    struct irq irq;
    uint64_t enabled = prove_u64("enabled");

    any_events(&events, &irq);
    kvm_level = prove_bool("the level that KVM has"); /* it forgets it when a hart is stopped */
    prove_check(events_select(&events, enabled) == events.pending, "it says what is pending");
    prove_check(events.enabled == enabled, "these are selected, and no others");
    check_raised(&events, &irq);
}

PROVE(irq_set, 1, QUICK)
{
    struct events events;
    struct irq irq;
    enum irq_source source = prove_bool("the board's") ? IRQ_PLIC : IRQ_EVENTS;
    bool level = prove_bool("level"), other;

    any_events(&events, &irq);
    other = irq.levels & ~(1u << source);
    irq_set(&irq, source, level);
    prove_check(kvm_level == (level || other), "raised while one of the two levels is high");
}
