//@ replace toyos/kernel/sched/sleep_lock.c
/* Lab 13: this one is no sleep lock, for who waits asks again and again. */
void
sleep_lock_acquire(struct sleep_lock *lock)
{
    unsigned mine;

    lock_acquire(&lock->lock);
    mine = lock->arrived++;
    while (lock->turn != mine) {
        if (!wait_can_sleep())
            panic("lock %s: nobody can let go of it", lock->lock.name);
        lock_release(&lock->lock);
        wait_sleep(NULL, NULL, 0); /* to be mended: others may run, and it is back at once */
        lock_acquire(&lock->lock);
    }
    lock_release(&lock->lock);
}

/* Lab 13: the next one comes. */
void
sleep_lock_release(struct sleep_lock *lock)
{
    lock_acquire(&lock->lock);
    lock->turn++;
    lock_release(&lock->lock);
}
//@ replace toyos/kernel/proc/futex.c
/* Lab 13: sleeps while the word at arg[0] equals arg[1], until futex_wake or for arg[2] ns. Returns 0, -EAGAIN if it
 * does not, -ETIMEDOUT, -EINTR if the thread is killed, -EFAULT, or -EINVAL for a misaligned address. */
int64_t
sys_futex_wait(const uint64_t arg[6])
{
    (void)arg, (void)pin_word, (void)bucket_of, (void)unlink_locked;
    return -ENOSYS; /* not implemented */
}

/* Lab 13: wakes at most `count` of the threads that wait at the word, and returns how many those are; or -errno. */
int
futex_wake(uint64_t va, unsigned count)
{
    (void)va, (void)count;
    return -ENOSYS; /* not implemented */
}
//@ replace toyos/lib/pthread.c
/* Lab 13 */
int
pthread_mutex_lock(pthread_mutex_t *mutex)
{
    (void)mutex;
    return ENOSYS; /* not implemented */
}

/* Lab 13 */
int
pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    (void)mutex;
    return ENOSYS; /* not implemented */
}

/* Lab 13 */
int
pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    (void)cond, (void)mutex;
    return ENOSYS; /* not implemented */
}

/* Lab 13 */
int
pthread_cond_signal(pthread_cond_t *cond)
{
    (void)cond;
    return ENOSYS; /* not implemented */
}

/* Lab 13 */
int
pthread_cond_broadcast(pthread_cond_t *cond)
{
    (void)cond;
    return ENOSYS; /* not implemented */
}
