/*
 * A disk, and the requests to it: which are valid, what the host's kernel is asked to do, and how
 * they end. The thread that serves the disks (disk_io.h) calls all of this, except disk_init() and
 * disk_destroy().
 */
#ifndef DUET_VMM_DISK_REQUEST_H
#define DUET_VMM_DISK_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/disk.h"
#include "vmm/device/queue.h"

struct disk;
struct disk_file;
struct io_uring_sqe;
struct vm;

/* A request that the host's kernel works on. */
struct disk_request {
    struct disk *disk;
    struct disk_request *next_free;
    struct duet_disk_request asked; /* our copy, checked */
    unsigned char *data;            /* the guest's buffer; NULL: there is none */
    uint32_t done;                  /* bytes */
    uint64_t begin;                 /* trace_begin() */
};

/* The operations, DUET_DISK_READ and so on, are numbered from 0. */
#define DISK_OPS (DUET_DISK_DISCARD + 1)
extern const char *const disk_op_name[DISK_OPS];

struct disk {
    /* Set before the thread runs. */
    struct vm *vm;
    const struct disk_file *file;
    char name[16];  /* "disk 0" */
    unsigned track; /* in the trace */

    struct queue queue;

    /* The thread's. */
    struct disk_request request[DUET_DISK_QUEUE_MAX];
    struct disk_request *free;
    uint64_t count[DISK_OPS], bytes[DISK_OPS]; /* served; counters (trace/counter.h) */
};

/* Disk `number`, which has no queue yet; `doorbell_fd` is an eventfd that wakes the thread. 0, or
 * -1 after saying why; disk_destroy() it in either case. */
int disk_init(struct disk *disk, struct vm *vm, unsigned number, const struct disk_file *file,
              int doorbell_fd);
void disk_destroy(struct disk *disk);

/* Takes a request from the queue; queue_count() said that there is one. NULL if it was not valid:
 * it is completed then. */
struct disk_request *disk_request_take(struct disk *disk);

/* Fills in the submission for what is left of the request. The caller adds its user data. */
void disk_request_prepare(const struct disk_request *request, struct io_uring_sqe *sqe);

/* The kernel answered `result`: bytes, 0 or a negative errno. True if the request is completed and
 * may no longer be used; false if a part of it is left, to be submitted as before. */
bool disk_request_finish(struct disk_request *request, int result);

#endif
