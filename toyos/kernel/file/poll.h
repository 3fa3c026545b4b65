/*
 * Waiting for one of several open files. What can change (a pipe, the console) has a queue of those
 * that poll it, and wakes them after each change that they might wait for. A poller first goes into
 * the queues, and then looks how things are: so it misses nothing.
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
    unsigned period_ms;               /* nobody tells of changes: look that often. Constant */
};

/* Nobody is in it, and somebody will tell of changes. */
#define POLL_QUEUE_INIT {.lock = LOCK_INIT("poll queue")}

/* Call it after the change, or with the lock that the change is made under: the same one that the
 * file's poll operation looks with. */
void poll_wake(struct poll_queue *queue);

#endif
