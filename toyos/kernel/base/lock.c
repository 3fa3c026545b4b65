/* Spinlocks: the slow paths. */
#include "toyos/kernel/base/lock.h"

#include "toyos/kernel/base/panic.h"

void
lock_wait(struct lock *lock)
{
    struct hart *self = hart_this();

    for (;;) {
        struct hart *holder = NULL;
        if (atomic_compare_exchange_weak_explicit(&lock->holder, &holder, self,
                                                  memory_order_acquire, memory_order_relaxed))
            return;
        if (holder == self)
            panic("lock %s: taken twice", lock->name);
        panic_check(); /* the holder may have stopped for good */
    }
}

void
lock_panic_not_held(const struct lock *lock)
{
    panic("lock %s: released by a hart that does not hold it", lock->name);
}
