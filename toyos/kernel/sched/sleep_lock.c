/* Sleep locks: tickets. */
#include "toyos/kernel/sched/sleep_lock.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/sched/wait.h"

#undef sleep_lock_acquire /* the macros of the debug build call these */
#undef sleep_lock_release

void
sleep_lock_acquire(struct sleep_lock *lock)
{
    unsigned mine;

    lock_acquire(&lock->lock);
    mine = lock->arrived++;
    while (lock->turn != mine) {
        if (!wait_can_sleep())
            panic("lock %s: nobody can let go of it", lock->lock.name);
        wait_unkillable(&lock->queue, &lock->lock);
    }
    lock_release(&lock->lock);
}

void
sleep_lock_release(struct sleep_lock *lock)
{
    lock_acquire(&lock->lock);
    if (lock->turn == lock->arrived)
        panic("lock %s: released, but nobody holds it", lock->lock.name);
    if (++lock->turn != lock->arrived)
        wait_wake_first(&lock->queue, 1);
    lock_release(&lock->lock);
}
