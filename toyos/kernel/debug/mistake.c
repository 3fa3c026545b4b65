/* One function for each kind of mistake. Each must end in a panic, or the checks do not work. */
#include "toyos/kernel/debug/mistake.h"

#include <string.h>

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/sched/sched.h"
#include "toyos/kernel/sched/sleep_lock.h"
#include "toyos/kernel/sched/thread.h"
#include "toyos/kernel/sched/wait.h"

static struct lock cup = LOCK_INIT("cup"), plate = LOCK_INIT("plate"), bowl = LOCK_INIT("bowl");
static struct lock cup_too = LOCK_INIT("cup");
static struct sleep_lock bed = SLEEP_LOCK_INIT("bed"), sofa = SLEEP_LOCK_INIT("sofa");

static void
take_both(struct lock *first, struct lock *second)
{
    lock_acquire(first);
    lock_acquire(second);
    lock_release(first); /* once in this order, because both orders are needed */
    lock_release(second);
}

static void
order(void)
{
    take_both(&cup, &plate);
    take_both(&cup, &plate);
    take_both(&plate, &cup);
}

/* These two are never taken in both orders. */
static void
circle(void)
{
    take_both(&cup, &plate);
    take_both(&plate, &bowl);
    take_both(&bowl, &cup);
}

static void
twice(void)
{
    take_both(&cup, &cup);
}

static void
two_of_a_name(void)
{
    take_both(&cup, &cup_too);
}

static void
asleep(void)
{
    lock_acquire(&cup);
    wait_sleep(NULL, NULL, timer_now() + timer_from_ms(1));
}

static void
may_sleep(void)
{
    lock_acquire(&cup);
    sleep_lock_acquire(&bed); /* the lock is free */
}

static void
yield(void)
{
    lock_acquire(&cup);
    sched_yield();
}

static void
release_cup(void)
{
    lock_release(&cup);
}

static void
other_hart(void)
{
    if (hart_count < 2)
        panic("mistake=other-hart: there is only one hart");
    lock_acquire(&cup);
    thread_start_kernel(release_cup);
    sched_share(); /* an idle hart takes it over, while this thread stays here */
    for (;;)
        panic_check();
}

static void
long_order(void)
{
    sleep_lock_acquire(&bed);
    sleep_lock_acquire(&sofa);
    sleep_lock_release(&bed);
    sleep_lock_acquire(&bed);
}

static void
long_twice(void)
{
    sleep_lock_acquire(&bed);
    sleep_lock_acquire(&bed);
}

static void
long_release(void)
{
    sleep_lock_release(&bed);
}

static void
operation(void)
{
    journal_begin();
    journal_begin();
}

static void
leave(void)
{
    sleep_lock_acquire(&bed);
    sched_exit();
}

static const struct {
    const char *name;
    void (*make)(void);
} mistakes[] = {
    {"order", order},           {"circle", circle},
    {"twice", twice},           {"two-of-a-name", two_of_a_name},
    {"asleep", asleep},         {"may-sleep", may_sleep},
    {"yield", yield},           {"other-hart", other_hart},
    {"not-held", release_cup},  {"long-order", long_order},
    {"long-twice", long_twice}, {"long-release", long_release},
    {"operation", operation},   {"leave", leave},
};

void
mistake_start(const char *name)
{
    if (!name)
        return;
    for (unsigned i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        if (strcmp(mistakes[i].name, name) == 0) {
            thread_start_kernel(mistakes[i].make);
            return;
        }
    }
    panic("mistake=%s: there is no such mistake", name);
}
