/* toyos's locks, for proofs of what takes no two at once: one is taken while none is held, and let
 * go while it is. */
#ifndef DUET_TESTS_PROVE_LOCK_ONE_H
#define DUET_TESTS_PROVE_LOCK_ONE_H

#include "tests/prove/prove.h"

struct lock;

static bool is_locked;

void
lock_acquire(struct lock *lock)
{
    (void)lock;
    prove_check(!is_locked, "the lock is free");
    is_locked = true;
}

void
lock_release(struct lock *lock)
{
    (void)lock;
    prove_check(is_locked, "the lock is held");
    is_locked = false;
}

#endif
