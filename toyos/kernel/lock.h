/*
 * Spinlocks. The kernel runs with interrupts off, so that is all there is to them. Nobody sleeps
 * with one held, save in sched_sleep, which lets go of it.
 *
 * The order in which they may be taken: proc_lock, then a pipe's, the console's or a disk's,
 * then event_lock or sched_lock.
 */
#ifndef TOYOS_LOCK_H
#define TOYOS_LOCK_H

struct hart;

struct lock {
    const char *name;
    struct hart *_Atomic holder; /* NULL: free */
};

#define LOCK_INIT(text)                                                                            \
    {                                                                                              \
        .name = (text)                                                                             \
    }

void lock_acquire(struct lock *lock);
void lock_release(struct lock *lock);

#endif
