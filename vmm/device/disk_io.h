/*
 * The thread that serves all disks: it takes requests from their queues, has the host's kernel
 * serve them by io_uring, several at a time, and hands over the completions.
 */
#ifndef DUET_VMM_DISK_IO_H
#define DUET_VMM_DISK_IO_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <liburing.h>

#include "abi/hypercalls.h"
#include "vmm/device/disk_queue.h"

struct sandbox_group;
struct sandbox_kind;

struct disks {
    unsigned count;
    struct disk *disk[DUET_DISKS];        /* set before the thread runs, like `count` */
    struct disk_queue *queue[DUET_DISKS]; /* Duet's front of each; likewise */
    int doorbell_fd; /* the eventfd that wakes the thread; it is never read. -1: none */

    struct io_uring uring; /* the thread's once it runs; ring_fd is -1 while there is none */
    pthread_t thread;
    bool running; /* the thread was started */
    atomic_bool stop;

    atomic_bool pause;    /* the thread is to wait, with nothing in flight */
    pthread_mutex_t lock; /* guards what follows, and changes of `pause` */
    pthread_cond_t paused_changed;
    bool paused; /* it does */
};

/* The system calls of the thread, and of the thread that starts it. */
extern const struct sandbox_kind disk_io_thread_kind;
extern const struct sandbox_group disk_io_start_calls;

/* Starts the thread. 0, or -1 after saying why; disk_io_stop() it in either case. */
int disk_io_start(struct disks *disks);

/* Has the thread finish the requests in flight, hand over their completions, and wait. Returns when
 * it waits. */
void disk_io_pause(struct disks *disks);

/* Has the thread go on. */
void disk_io_resume(struct disks *disks);

/* Ends the thread when the requests in flight are completed; it takes no others. It may be called
 * again. */
void disk_io_stop(struct disks *disks);

#endif
