/*
 * What the debug build (make toyos DEBUG=1) checks about locks; lock.h includes this. Each hart has
 * a list of the spinlocks that it holds, and each thread one of its sleep locks. A lock that is
 * taken while another is held adds to the order of the locks' names. These are panics, which name
 * the places: two names that are taken in both orders, which can deadlock; a lock that is taken
 * twice; a lock that is held by a thread that sleeps or leaves the kernel; and one that is released
 * by a hart or thread that does not hold it.
 */
#ifndef TOYOS_LOCK_CHECK_H
#define TOYOS_LOCK_CHECK_H

#include "common/text.h"

struct lock;

#define LOCK_PLACE     __FILE__ ":" TEXT(__LINE__)
#define LOCKS_HELD_MAX 8

/* What is held, the first taken first. A thread's or a hart's own. */
struct lock_list {
    unsigned count;
    struct lock_held {
        const struct lock *lock;
        const char *place; /* where it was taken */
        unsigned name;     /* its name's place in lock_check.c's table */
    } held[LOCKS_HELD_MAX];
};

/* This hart takes a spinlock; takes a second one of the same name (lock_acquire_second); releases
 * one. */
void lock_check_take(const struct lock *lock, const char *place);
void lock_check_take_second(const struct lock *lock, const char *place);
void lock_check_drop(const struct lock *lock, const char *place);

/* This thread takes a lock that it may sleep with. Of one name it may have several. */
void lock_check_take_long(const struct lock *lock, const char *place);
void lock_check_drop_long(const struct lock *lock, const char *place);

/* Panics if this hart holds a spinlock other than `but`: the thread is about to sleep. */
void lock_check_sleep(const struct lock *but);

/* Panics if this hart or thread holds any lock. */
void lock_check_none(void);

#define lock_acquire(lock)        (lock_check_take((lock), LOCK_PLACE), lock_acquire(lock))
#define lock_acquire_second(lock) (lock_check_take_second((lock), LOCK_PLACE), (lock_acquire)(lock))
#define lock_release(lock)        (lock_check_drop((lock), LOCK_PLACE), lock_release(lock))

/* For what is no lock, but is waited for like one: a thread inside keeps others waiting. */
#define lock_check_enter(lock) lock_check_take_long((lock), LOCK_PLACE)
#define lock_check_leave(lock) lock_check_drop_long((lock), LOCK_PLACE)

#endif
