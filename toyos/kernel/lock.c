/* Spinlocks. */
#include "toyos/kernel/lock.h"

#include <stdatomic.h>

#include "toyos/kernel/hart.h"
#include "toyos/kernel/panic.h"

void
lock_acquire(struct lock *lock)
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
lock_release(struct lock *lock)
{
    if (atomic_load_explicit(&lock->holder, memory_order_relaxed) != hart_this())
        panic("lock %s: released by a hart that does not hold it", lock->name);
    atomic_store_explicit(&lock->holder, NULL, memory_order_release);
}
