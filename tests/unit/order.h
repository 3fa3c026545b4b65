/*
 * Runs two threads in all orders that a weak memory allows, to find what they do wrong in one of
 * them. Their code is real, and compiled with -fsanitize=thread: the compiler tells of each access,
 * and order.c is what it tells. Freestanding.
 *
 * An atomic store is late: it reaches memory at any time, or at a fence; the thread itself reads it
 * at once (RVWMO's reordering of a store with a later load). Other data is never late. What is
 * looked at there is whether each access is ordered with those of the other thread, as C11 has it
 * (§5.1.2.4: release, acquire, and what happens before what); if not, it is a race.
 *
 * A state is where both threads are, and what is in memory. A thread has no other state than what
 * it has loaded: to go on from a state, it is run from its beginning, and given what it loaded
 * then.
 */
#ifndef DUET_TESTS_ORDER_H
#define DUET_TESTS_ORDER_H

#include <stdbool.h>
#include <stdint.h>

enum order_end {
    ORDER_SOUND,   /* both threads end in all orders */
    ORDER_STUCK,   /* in one, a thread waits and nobody wakes it */
    ORDER_RACE,    /* in one, accesses to data are not ordered */
    ORDER_WRONG,   /* in one, order_wrong() was called */
    ORDER_ENDLESS, /* in one, a thread makes more steps than can be recorded */
    ORDER_MANY,    /* there are more states than fit: nothing is known */
};

struct order_threads {
    void (*run[2])(void); /* leave no trace but in their own variables, `data` and `atomics` */
    const char *name[2];
    const uint64_t *data; /* what both use by plain accesses */
    unsigned words;       /* 8 at most */
    const void *atomics;  /* what both use by atomic ones, of 32 bits; all 0 at the beginning */
    uint64_t atomics_bytes;
    const char *(*atomic_name)(const void *address);
    unsigned ignored; /* bits 1 << ORDER_RACE, ORDER_STUCK: not looked for. Some order has to come
                         to the end nevertheless, or they are stuck */
};

/* Explores all orders. If they are not sound, prints one that is not, a line a step. */
enum order_end order_explore(const struct order_threads *threads, void (*print)(const char *text));

/* How many states there were. */
unsigned order_states(void);

/* Called by the threads. An event that thread 0 or 1 waits for; it stays set until it is taken. */
void order_wake(unsigned thread);
void order_wait(unsigned thread);

/* Something is wrong. */
void order_wrong(void);

#endif
