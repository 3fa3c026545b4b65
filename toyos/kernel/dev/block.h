/*
 * Block devices: an asynchronous request interface, the same for every driver.
 *
 * A driver fills in a struct block_device that lives as long as the machine and registers it. For
 * I/O one fills in a struct block_request and submits it. Many may be in flight; they end in any
 * order, each with a call of its `done`. What is written is durable once a FLUSH has ended that was
 * submitted after the WRITE's end.
 *
 * `done` may be called before block_submit returns, or from an interrupt: on any hart, with any
 * process. It must not sleep. From then on the request is its owner's again.
 */
#ifndef TOYOS_BLOCK_H
#define TOYOS_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/sched/wait.h"

#define BLOCK_SECTOR      512 /* bytes */
#define BLOCK_DEVICES_MAX 8

enum block_op {
    BLOCK_READ,
    BLOCK_WRITE,
    BLOCK_FLUSH,   /* no range, no buffer */
    BLOCK_DISCARD, /* no buffer: what is in the range may be forgotten, reads give anything */
};

struct block_request {
    /* The owner's: constant from block_submit until `done` */
    enum block_op op;
    uint64_t sector; /* the first */
    uint64_t len;    /* bytes, a multiple of BLOCK_SECTOR; not 0, but for FLUSH */
    void
        *buffer; /* in the kernel's linear map, so physically contiguous; aligned to BLOCK_SECTOR */
    void (*done)(struct block_request *request);
    void *context; /* for `done` */

    int status; /* set before `done`: 0, or -EIO, -EINVAL (range), -EROFS, -ENOSYS (no DISCARD) */

    struct block_request *next; /* the driver's, until `done` */
};

struct block_device {
    const char *name; /* "ram0", "disk0" */
    uint64_t sectors;
    bool is_read_only;

    /* Start a request, whose range has been checked. Does not sleep or fail: errors go to `done`.
     */
    void (*submit)(struct block_device *device, struct block_request *request);

    /* Call `done` of what has ended, without an interrupt: for who cannot sleep. NULL: submit calls
     * `done` itself. */
    void (*poll)(struct block_device *device);

    void *driver; /* the driver's own */
};

/* At boot, on the boot hart. False: there are BLOCK_DEVICES_MAX already. */
bool block_register(struct block_device *device);

/* The device of this name; NULL if there is none. */
struct block_device *block_find(const char *name);

/* Starts a request. Never sleeps; every error goes to `done`. */
void block_submit(struct block_device *device, struct block_request *request);

/*
 * Several requests that are waited for together. Begin, add any number, wait; a batch may be used
 * again after the wait. Adding fills in `done` and `context`.
 */
struct block_batch {
    struct lock lock;
    struct wait_queue queue;
    unsigned pending; /* lock: requests in flight */
    int status;       /* lock: of the first that failed, else 0 */
    struct block_device *device;
};

/* Begins an empty batch of requests to this device. */
void block_batch_begin(struct block_batch *batch, struct block_device *device);

/* Submits a request as part of the batch. It lives until block_batch_wait has returned. */
void block_batch_add(struct block_batch *batch, struct block_request *request);

/* Sleep until all have ended, or poll where no process runs. Returns 0, or the status of one that
 * failed. */
int block_batch_wait(struct block_batch *batch);

/* Does one request, or a FLUSH, and sleeps until it has ended: 0 or its status. */
int block_run(struct block_device *device, struct block_request *request);
int block_flush(struct block_device *device);

/* Waits once in a queue that `done` wakes; where no thread runs it polls the device. `lock` is
 * released meanwhile. */
void block_wait(struct block_device *device, struct wait_queue *queue, struct lock *lock);

#endif
