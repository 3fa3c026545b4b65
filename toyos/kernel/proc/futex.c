/* Futexes. */
#include "toyos/kernel/proc/futex.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/trap/syscall.h"

#define BUCKETS 64

/* A sleeping thread, on its kernel stack. The bucket's lock guards all fields. */
struct waiter {
    const void *word; /* the word in the linear map; its page is pinned */
    bool is_woken;
    struct wait_queue queue; /* wakes this thread alone */
    struct waiter *next;
};

static struct bucket {
    struct lock lock;
    struct waiter *first, **end; /* end: where the next one is linked; NULL at first */
} buckets[BUCKETS];

void
futex_init(void)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        buckets[i].lock = (struct lock)LOCK_INIT("futex");
}

static struct bucket *
bucket_of(const void *word)
{
    return &buckets[(uintptr_t)word / sizeof(uint32_t) % BUCKETS];
}

/* The word in the linear map, with its page pinned; or NULL, and *error is set. The page is asked
 * for as for a write, since a page that is still shared copy-on-write would be replaced by another
 * one. */
static _Atomic uint32_t *
pin_word(uint64_t va, int *error)
{
    void *word = va % sizeof(uint32_t) ? NULL : uvm_pin(&proc_this()->uvm, va, PTE_W);

    *error = va % sizeof(uint32_t) ? -EINVAL : -EFAULT;
    return word;
}

static void
unlink_locked(struct bucket *bucket, struct waiter *waiter)
{
    struct waiter **link = &bucket->first;

    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
    if (!waiter->next)
        bucket->end = link;
}

/* Sleeps while the word at arg[0] equals arg[1], until futex_wake or for arg[2] ns. Returns 0,
 * -EAGAIN if it does not, -ETIMEDOUT, -EINTR if the thread is killed, -EFAULT, or -EINVAL for a
 * misaligned address. */
int64_t
sys_futex_wait(const uint64_t arg[6])
{
    uint64_t deadline = timer_deadline(arg[2]);
    int result;
    _Atomic uint32_t *word = pin_word(arg[0], &result);
    struct waiter self = {.word = word};
    struct bucket *bucket;

    if (!word)
        return result;
    bucket = bucket_of(word);
    lock_acquire(&bucket->lock);
    result = atomic_load(word) == (uint32_t)arg[1] ? 0 : -EAGAIN;
    if (result == 0) {
        if (!bucket->first)
            bucket->end = &bucket->first;
        *bucket->end = &self;
        bucket->end = &self.next;
        while (!self.is_woken && result == 0) {
            if (!wait_sleep(&self.queue, &bucket->lock, deadline))
                result = -EINTR;
            else if (timer_now() >= deadline)
                result = -ETIMEDOUT;
        }
        if (self.is_woken)
            result = 0;
        else
            unlink_locked(bucket, &self);
    }
    lock_release(&bucket->lock);
    uvm_unpin((void *)word);
    return result;
}

int
futex_wake(uint64_t va, unsigned count)
{
    int error, woken = 0;
    _Atomic uint32_t *word = pin_word(va, &error);
    struct waiter *waiter, *next;
    struct bucket *bucket;

    if (!word)
        return error;
    bucket = bucket_of(word);
    lock_acquire(&bucket->lock);
    for (waiter = bucket->first; waiter && count; waiter = next) {
        next = waiter->next;
        if (waiter->word != word)
            continue;
        unlink_locked(bucket, waiter);
        waiter->is_woken = true;
        wait_wake(&waiter->queue);
        woken++;
        count--;
    }
    lock_release(&bucket->lock);
    uvm_unpin((void *)word);
    return woken;
}

int64_t
sys_futex_wake(const uint64_t arg[6])
{
    return futex_wake(arg[0], (unsigned)arg[1]);
}
