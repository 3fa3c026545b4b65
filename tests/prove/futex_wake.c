/*
 * toyos's futexes, what wakes: of any list of sleepers the first that sleep for the word are woken,
 * as many as are asked for, and the list keeps the others, in their order.
 *
 * Bounds: three sleepers in the word's bucket, for this word or another one. The word that is found
 * is at one address, so that CBMC knows its bucket: the code compares it, and takes a remainder.
 */
#include "tests/prove/lock_one.h"

#include "toyos/kernel/proc/proc.h"

static struct proc process;
#define proc_this() (&process)

#include "toyos/kernel/proc/futex.c"

/* with: */

#define SLEEPERS 3
#define WORD     (UINT64_C(0xffffffc080201ffc)) /* nothing is there: only sleepers look at it */
#define OTHER    (WORD - BUCKETS * sizeof(uint32_t))

static struct waiter sleeper[SLEEPERS];
static struct thread *const somebody = (struct thread *)sleeper; /* asleep in each queue */
static bool is_there, is_pinned, is_woken[SLEEPERS];

uint64_t
timer_now(void)
{
    return 0;
}

uint64_t
timer_deadline(uint64_t ns)
{
    return ns;
}

bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    (void)queue, (void)lock, (void)deadline;
    prove_check(false, "who wakes does not sleep");
    return false;
}

void *
uvm_pin(struct uvm *uvm, uint64_t va, uint64_t access)
{
    (void)access;
    prove_check(uvm == &process.uvm && !is_pinned, "the process's page, once");
    prove_check(va % sizeof(uint32_t) == 0, "no word lies across pages");
    is_pinned = is_there;
    return is_there ? (void *)WORD : NULL;
}

void
uvm_unpin(void *kva)
{
    prove_check(is_pinned && kva == (void *)WORD, "the page that is pinned");
    is_pinned = false;
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    unsigned which = queue == &sleeper[0].queue ? 0 : queue == &sleeper[1].queue ? 1 : 2;

    prove_check(queue == &sleeper[which].queue && most >= 1, "a sleeper");
    prove_check(is_locked && sleeper[which].is_woken && !is_woken[which],
                "once, who finds then that it was woken");
    is_woken[which] = true;
}

/* Whether the list has those that were not woken, in their order, and its end is right. */
static bool
list_is_rest(const struct bucket *bucket)
{
    struct waiter *const *link = &bucket->first;

    for (unsigned i = 0; i < SLEEPERS; i++) {
        if (is_woken[i])
            continue;
        if (*link != &sleeper[i])
            return false;
        link = &sleeper[i].next;
    }
    return !*link && bucket->end == link;
}

static void
check_woken(unsigned count)
{
    struct bucket *bucket = bucket_of((void *)WORD);
    unsigned expected = 0;
    int result;

    bucket->first = &sleeper[0];
    for (unsigned i = 0; i < SLEEPERS; i++) {
        sleeper[i].word = (void *)(prove_bool("sleeps for this word") ? WORD : OTHER);
        sleeper[i].next = i + 1 < SLEEPERS ? &sleeper[i + 1] : NULL;
        sleeper[i].queue.first = somebody;
    }
    bucket->end = &sleeper[SLEEPERS - 1].next;
    is_there = true;
    result = futex_wake(0, count);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        bool is_next = sleeper[i].word == (void *)WORD && expected < count;

        prove_check(is_woken[i] == is_next, "the first for the word, as many as are asked for");
        expected += is_next;
    }
    prove_check(result == (int)expected, "how many it says");
    prove_check(list_is_rest(bucket), "the list has the others, in their order");
}

PROVE(futex_wake, 4, LONG)
{
    uint64_t va = prove_u64("address");
    unsigned count = prove_u32("count");

    if (prove_bool("the page is there")) {
        check_woken(count);
    } else {
        is_there = false;
        prove_check(futex_wake(va, count) == (va % sizeof(uint32_t) ? -EINVAL : -EFAULT),
                    "why nobody is woken");
    }
    prove_check(!is_locked && !is_pinned, "the lock and the page are let go");
}
