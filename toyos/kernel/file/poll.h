/*
 * Waiting for one of several open files. A file that can change (a pipe, the console) has a queue
 * of those that poll it, and wakes them after each change that they might wait for. A poller first
 * enters the queues, and then looks at the files: so it misses no change.
 */
#ifndef TOYOS_POLL_KERNEL_H
#define TOYOS_POLL_KERNEL_H

#include <stdint.h>

#include "toyos/include/kernel/poll.h"
#include "toyos/kernel/base/lock.h"

struct poll_entry;

struct poll_queue {
    struct lock lock;
    struct poll_entry *_Atomic first; /* lock, but anyone may look whether it is NULL */
    unsigned period_ms; /* not 0: nothing wakes the queue, look that often. Constant */
};

/* An empty queue, which poll_wake wakes. */
#define POLL_QUEUE_INIT {.lock = LOCK_INIT("poll queue")}

/* Wakes those that poll. Called after the change, or with the lock that guards it, which the file's
 * poll operation takes too. */
void poll_wake(struct poll_queue *queue);

#endif
