//@ why Who waits for a sleep lock asks for it again and again.
//@ loses disk
//@ substitute toyos/kernel/sched/sleep_lock.c
        wait_unkillable(&lock->queue, &lock->lock);
//@ by
        lock_release(&lock->lock);
        wait_sleep(NULL, NULL, 0);
        lock_acquire(&lock->lock);
