/* Records the order in which locks are taken, and panics when two orders contradict. */
#include "toyos/kernel/base/lock.h"

#include <stdarg.h>

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/sched/thread.h"
#include "toyos/lib/format.h"

#define NAMES 64

/* A lock named `before` was held while a lock named `after` was taken. */
struct step {
    const char *before, *after; /* the places where each was taken */
};

/* Everything here is written under the guard. Names and bits are read without it. */
static atomic_flag guard = ATOMIC_FLAG_INIT;
static const char *_Atomic names[NAMES];
static _Atomic uint64_t follows[NAMES]; /* one bit for each name that was taken after this one */
static struct step steps[NAMES][NAMES];

static struct lock_list hart_locks[NCPU]; /* locks that belong to a hart */
static struct lock_list boot_locks;       /* sleep locks, before there are threads */

/* A plain flag and not a lock, because this code runs inside every lock. */
static void
guard_enter(void)
{
    while (atomic_flag_test_and_set_explicit(&guard, memory_order_acquire))
        panic_check(); /* its holder may have panicked */
}

static void
guard_leave(void)
{
    atomic_flag_clear_explicit(&guard, memory_order_release);
}

static struct lock_list *
spinlocks(void)
{
    return &hart_locks[hart_this() - harts];
}

static struct lock_list *
long_locks(void)
{
    return thread_this() ? &thread_this()->locks : &boot_locks;
}

/* A wait queue's lock is all zero, and so has no name. */
static const char *
name_of(const struct lock *lock)
{
    return lock->name ? lock->name : "wait queue";
}

/* The linker merges equal strings, so the address identifies a name. */
static unsigned
find_name(const struct lock *lock)
{
    const char *name = name_of(lock);
    unsigned i;

    for (i = 0; i < NAMES && names[i]; i++)
        if (names[i] == name)
            return i;
    guard_enter();
    while (i < NAMES && names[i] && names[i] != name) /* another hart has added names meanwhile */
        i++;
    if (i == NAMES)
        panic("lock %s: more than %d names of locks", name, NAMES);
    names[i] = name;
    guard_leave();
    return i;
}

static void __attribute__((format(printf, 3, 4)))
append(char *text, size_t size, const char *fmt, ...)
{
    size_t len = 0;
    va_list args;

    while (text[len])
        len++;
    va_start(args, fmt);
    format_buffer(text + len, size - len, fmt, args);
    va_end(args);
}

/* Finds the shortest chain of names from `from` to `to`, as the predecessor of each name. False if
 * there is none. The caller holds the guard. */
static bool
find_way(unsigned from, unsigned to, unsigned before[NAMES])
{
    unsigned queue[NAMES], count = 1;
    uint64_t seen = 1UL << from;

    queue[0] = from;
    for (unsigned i = 0; i < count; i++) {
        if (queue[i] == to)
            return true;
        for (unsigned next = 0; next < NAMES; next++) {
            if (follows[queue[i]] & ~seen & 1UL << next) {
                seen |= 1UL << next;
                before[next] = queue[i];
                queue[count++] = next;
            }
        }
    }
    return false;
}

/* `inner` is being taken while `outer` is held. A new pair must not close a circle. */
static void
check_order(const struct lock_held *outer, const struct lock_held *inner)
{
    static char text[250];
    unsigned before[NAMES], at = outer->name;

    if (follows[outer->name] & 1UL << inner->name)
        return;
    guard_enter();
    if (find_way(inner->name, outer->name, before)) {
        append(text, sizeof(text), "lock %s, at %s: taken with %s (%s), but before was",
               names[inner->name], inner->place, names[outer->name], outer->place);
        for (; at != inner->name; at = before[at])
            append(text, sizeof(text), " %s (%s) taken with %s (%s)%s", names[at],
                   steps[before[at]][at].after, names[before[at]], steps[before[at]][at].before,
                   before[at] == inner->name ? "" : ",");
        panic("%s", text);
    }
    steps[outer->name][inner->name] = (struct step){outer->place, inner->place};
    follows[outer->name] |= 1UL << inner->name;
    guard_leave();
}

static void
take(struct lock_list *list, const struct lock *lock, const char *place, bool is_one_of_many)
{
    struct lock_held new = {lock, place, find_name(lock)};

    for (unsigned i = 0; i < list->count; i++) {
        const struct lock_held *held = &list->held[i];
        if (held->lock == lock)
            panic("lock %s: taken twice, at %s and at %s", names[new.name], held->place, place);
        if (held->name != new.name)
            check_order(held, &new);
        else if (!is_one_of_many)
            panic("lock %s: two of this name, at %s and at %s", names[new.name], held->place,
                  place);
    }
    if (list->count == LOCKS_HELD_MAX)
        panic("lock %s, at %s: %d others are held", names[new.name], place, LOCKS_HELD_MAX);
    list->held[list->count++] = new;
}

/* False if the lock is not in the list. */
static bool
drop(struct lock_list *list, const struct lock *lock)
{
    unsigned i = list->count;

    while (i && list->held[i - 1].lock != lock)
        i--;
    if (i == 0)
        return false;
    for (list->count--; i <= list->count; i++)
        list->held[i - 1] = list->held[i];
    return true;
}

void
lock_check_take(const struct lock *lock, const char *place)
{
    take(spinlocks(), lock, place, false);
}

void
lock_check_take_second(const struct lock *lock, const char *place)
{
    take(spinlocks(), lock, place, true);
}

void
lock_check_drop(const struct lock *lock, const char *place)
{
    const struct hart *holder = lock->holder;

    if (drop(spinlocks(), lock))
        return;
    if (holder)
        panic("lock %s, at %s: released by hart %lu, but hart %lu holds it", name_of(lock), place,
              hart_this()->id, holder->id);
    panic("lock %s, at %s: released, but nobody holds it", name_of(lock), place);
}

void
lock_check_take_long(const struct lock *lock, const char *place)
{
    lock_check_sleep(NULL); /* also if it need not wait this time */
    take(long_locks(), lock, place, true);
}

void
lock_check_drop_long(const struct lock *lock, const char *place)
{
    if (!drop(long_locks(), lock))
        panic("lock %s, at %s: released by who does not hold it", name_of(lock), place);
}

static void
check_none_but(const struct lock_list *list, const struct lock *but, const char *deed)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->held[i].lock != but)
            panic("lock %s, taken at %s: its holder %s", names[list->held[i].name],
                  list->held[i].place, deed);
}

void
lock_check_sleep(const struct lock *but)
{
    check_none_but(spinlocks(), but, "sleeps");
}

void
lock_check_none(void)
{
    check_none_but(spinlocks(), NULL, "leaves the kernel");
    check_none_but(long_locks(), NULL, "leaves the kernel");
}
