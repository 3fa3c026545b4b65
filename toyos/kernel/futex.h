/* Futexes: sleeping on a word of user memory, known by its place in RAM, so that processes that
 * share the page share the futex. */
#ifndef TOYOS_FUTEX_H
#define TOYOS_FUTEX_H

#include <stdint.h>

void futex_init(void);

/* Sleep while the word at `va` is `expected`, until futex_wake or the deadline (timer.h): 0,
 * -EAGAIN if it is not, -ETIMEDOUT, -EINTR if the thread is killed, -EFAULT, -EINVAL for a crooked
 * address. */
int futex_wait(uint64_t va, uint32_t expected, uint64_t deadline);

/* Wake up to `count` threads, first come first: how many, or -errno. */
int futex_wake(uint64_t va, unsigned count);

#endif
