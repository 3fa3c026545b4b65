/* Futexes: sleeping on a word of user memory. A futex is known by its place in RAM, so that
 * processes that share the page share the futex. */
#ifndef TOYOS_FUTEX_H
#define TOYOS_FUTEX_H

#include <stdint.h>

/* At boot. */
void futex_init(void);

/* Wakes at most `count` threads that sleep on the word at the user's `va`, first come, first
 * served: how many, or -errno. */
int futex_wake(uint64_t va, unsigned count);

#endif
