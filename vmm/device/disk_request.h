/*
 * A disk, and the requests to it that the host's kernel works on. Requests come from a front:
 * Duet's own queue (disk_queue.h), and with --board virtio's (board/virtio_blk.c). A front checks
 * what the guest asks for, and the thread that serves the disks (disk_io.h) does the rest. It calls
 * all of this, except disk_init().
 */
#ifndef DUET_VMM_DISK_REQUEST_H
#define DUET_VMM_DISK_REQUEST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "abi/disk.h"

struct disk;
struct image_file;
struct disk_front;
struct io_uring_sqe;
struct vm;

/* A request that was checked. A front that needs more has this in a structure of its own. */
struct disk_request {
    struct disk_front *front;
    struct disk_request *next_free; /* for the front */
    unsigned number;                /* which of the front's it is, for the trace */
    uint16_t op;                    /* DUET_DISK_* */
    bool is_odd;                    /* a part of it is not aligned to DUET_DISK_SECTOR */
    uint32_t len, done;             /* bytes */
    uint64_t offset;                /* on the disk, bytes */
    struct iovec *part;             /* the buffers that are left, in the guest's RAM; len in all */
    unsigned parts;
    uint64_t begin; /* trace_begin() */
};

/* What a front does, in rounds of the disks' thread. */
struct disk_front_ops {
    /* Begins a round: a queue may have been started, or stopped, meanwhile. */
    void (*take_on)(struct disk_front *front);
    /* How many requests can be taken now. */
    uint32_t (*count)(struct disk_front *front);
    /* Takes one of them. NULL if it is not valid: it is completed then. */
    struct disk_request *(*take)(struct disk_front *front);
    /* Completes one, with DUET_DISK_OK or another status. */
    void (*complete)(struct disk_front *front, struct disk_request *request, uint32_t status);
    /* Ends a round: hands the guest what is completed. */
    void (*publish)(struct disk_front *front);
    /* Whether the thread may sleep until the doorbell rings. */
    bool (*sleep)(struct disk_front *front);
};

struct disk_front {
    const struct disk_front_ops *ops;
    struct disk *disk;
};

/* The operations, DUET_DISK_READ and so on, are numbered from 0. */
#define DISK_OPS (DUET_DISK_DISCARD + 1)
extern const char *const disk_op_name[DISK_OPS];

#define DISK_FRONTS_MAX 2

struct disk {
    /* Set before the thread runs. */
    struct vm *vm;
    const struct image_file *file;
    char name[16];  /* "disk 0" */
    unsigned track; /* in the trace */

    _Atomic(struct disk_front *) front[DISK_FRONTS_MAX]; /* NULL: none */

    /* The thread's. */
    uint32_t in_flight;
    uint64_t count[DISK_OPS], bytes[DISK_OPS]; /* served; counters (trace/counter.h) */
};

/* Disk `number`, without a front. */
void disk_init(struct disk *disk, struct vm *vm, unsigned number, const struct image_file *file);

/* Adds a front, whose `ops` are set; the thread may run already, but the guest may not. It stays
 * for as long as the thread runs. */
void disk_front_add(struct disk *disk, struct disk_front *front);

/* Whether `offset` and `len` are whole sectors on the disk, and some. */
bool disk_has(const struct disk *disk, uint64_t offset, uint64_t len);

/* The front has taken the request, and filled it in: it is in flight. */
void disk_request_begin(struct disk_request *request);

/* Fills in the submission for what is left of the request. The caller adds its user data. */
void disk_request_prepare(const struct disk_request *request, struct io_uring_sqe *sqe);

/* The kernel answered `result`: bytes, 0 or a negative errno. True if the request is completed and
 * may no longer be used; false if a part of it is left, to be submitted as before. */
bool disk_request_finish(struct disk_request *request, int result);

#endif
