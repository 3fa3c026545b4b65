/*
 * toyos's pipes: what is read, for any buffer of a process, and any state of the ring. While the
 * lock is let go others read and write, and either end may be closed.
 *
 * Bounds: two bytes more than the ring has; one page that comes late, and one sleep.
 */
#include "tests/prove/user.h"

#include "toyos/kernel/file/pipe.c"

/* with: */

static char ring[RING_SIZE];
static struct pipe pipe_one = {.ring = ring};
static struct file file = {.pipe = &pipe_one};
static bool is_locked, has_slept;

static bool
is_sane(void)
{
    return pipe_one.written - pipe_one.read <= RING_SIZE;
}

void
lock_acquire(struct lock *lock)
{
    prove_check(lock == &pipe_one.lock && !is_locked, "the pipe's lock is free");
    is_locked = true;
    pipe_one.read = prove_u64("bytes that were read");
    pipe_one.written = pipe_one.read + prove_below("bytes in the ring", RING_SIZE + 1);
    pipe_one.has_reader = prove_bool("somebody may read");
    pipe_one.has_writer = prove_bool("somebody may write");
}

void
lock_release(struct lock *lock)
{
    prove_check(lock == &pipe_one.lock && is_locked, "the pipe's lock is held");
    prove_check(is_sane(), "no more is in the ring than it has room for");
    is_locked = false;
}

bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    bool is_first = !has_slept;

    prove_check((queue == &pipe_one.readers || queue == &pipe_one.writers) &&
                    deadline == TIMER_NEVER,
                "a reader or a writer waits");
    has_slept = true;
    lock_release(lock);
    lock_acquire(lock);
    return is_first && prove_bool("it is woken");
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    (void)queue, (void)most;
}

void
poll_wake(struct poll_queue *queue)
{
    (void)queue;
}

static void
check_result(int n)
{
    prove_check(!is_locked, "the lock is let go");
    prove_check(n <= 0 || (size_t)n == user.done, "as many as were copied");
}

PROVE(pipe_read, 5, FULL)
{
    any_user(RING_SIZE + 2);
    check_result(pipe_read(&file, user.va, (int)user.len));
}
