/*
 * toyos's futexes, with any arguments: a word is looked at only in the process's page, while that
 * is pinned, and no list has an entry any more when the thread's stack is gone, whether the thread
 * was woken, killed, or late.
 *
 * Bounds: one thread that sleeps, twice at the most; the last word of a page, or no word at all.
 */
#define USER_AT(va) (PAGE_SIZE - sizeof(uint32_t))

#include "tests/prove/lock_one.h"
#include "tests/prove/user.h"

#include "toyos/kernel/proc/futex.c"

/* with: */

static uint64_t arg[6];
static unsigned sleeps, wakes;

uint64_t
timer_now(void)
{
    return prove_u64("time");
}

uint64_t
timer_deadline(uint64_t ns)
{
    return ns;
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    (void)queue, (void)most;
}

static void
any_call(void)
{
    any_user_argument(arg, 0, sizeof(uint32_t));
    *(uint32_t *)(user.page + USER_AT(arg[0])) = prove_u32("word");
}

static void
check_call(int64_t result)
{
    prove_check(!is_locked && !user.is_pinned, "the lock and the page are let go");
    prove_check(arg[0] % sizeof(uint32_t) == 0 || result == -EINVAL, "no word lies across pages");
    prove_check(!bucket_of(user.page + USER_AT(arg[0]))->first, "no list has the thread");
}

/* Another thread may wake it, as futex_wake does. */
bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    struct bucket *bucket = bucket_of(user.page + USER_AT(arg[0]));
    struct waiter *waiter = bucket->first;

    (void)deadline;
    prove_check(waiter && queue == &waiter->queue && lock == &bucket->lock && is_locked,
                "it sleeps in its bucket");
    prove_check(waiter->word == user.page + USER_AT(arg[0]) && user.is_pinned,
                "for a word whose page is kept");
    if (prove_bool("it is woken")) {
        unlink_locked(bucket, waiter);
        waiter->is_woken = true;
        wakes++;
    }
    return sleeps++ == 0 && prove_bool("it is alive");
}

PROVE(sys_futex_wait, 3, FULL)
{
    int64_t result;

    any_call();
    result = sys_futex_wait(arg);
    check_call(result);
    prove_check(result != 0 || wakes == 1, "0 only if it was woken");
}
