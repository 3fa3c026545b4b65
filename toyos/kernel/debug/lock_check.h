/*
 * What the debug build (make toyos DEBUG=1) checks about locks; lock.h includes this. A hart's
 * spinlocks and a thread's sleep locks are lists of what is held, and each lock that is taken with
 * another held says in which order their names go. Two names in both orders are a deadlock that
 * waits for its day, so that is a panic, with the places; so is a lock taken twice, one that is
 * held by who sleeps or leaves the kernel, and one let go of by who does not hold it.
 */
#ifndef TOYOS_LOCK_CHECK_H
#define TOYOS_LOCK_CHECK_H

struct lock;

#define LOCK_LINE_(line) #line
#define LOCK_LINE(line)  LOCK_LINE_(line)
#define LOCK_PLACE       __FILE__ ":" LOCK_LINE(__LINE__)
#define LOCKS_HELD_MAX   8

/* What is held, the first taken first. A thread's or a hart's own. */
struct lock_list {
    unsigned count;
    struct lock_held {
        const struct lock *lock;
        const char *place; /* where it was taken */
        unsigned name;     /* its name's place in lock_check.c's table */
    } held[LOCKS_HELD_MAX];
};

/* This hart takes a spinlock, or one more of a name (lock_acquire_second), and lets go of it. */
void lock_check_take(const struct lock *lock, const char *place);
void lock_check_take_second(const struct lock *lock, const char *place);
void lock_check_drop(const struct lock *lock, const char *place);

/* This thread takes a lock that it may sleep with. Of one name it may have several. */
void lock_check_take_long(const struct lock *lock, const char *place);
void lock_check_drop_long(const struct lock *lock, const char *place);

/* This hart holds no spinlock but `but`, or it does what it must not. */
void lock_check_sleep(const struct lock *but);

/* This thread holds nothing at all. */
void lock_check_none(void);

#define lock_acquire(lock)        (lock_check_take((lock), LOCK_PLACE), lock_acquire(lock))
#define lock_acquire_second(lock) (lock_check_take_second((lock), LOCK_PLACE), (lock_acquire)(lock))
#define lock_release(lock)        (lock_check_drop((lock), LOCK_PLACE), lock_release(lock))

/* Not a lock, but waited for like one: who is inside keeps others waiting. */
#define lock_check_enter(lock) lock_check_take_long((lock), LOCK_PLACE)
#define lock_check_leave(lock) lock_check_drop_long((lock), LOCK_PLACE)

#endif
