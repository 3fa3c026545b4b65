/* Duet's own front of a disk: requests of abi/disk.h, through a queue (queue.h). */
#ifndef DUET_VMM_DISK_QUEUE_H
#define DUET_VMM_DISK_QUEUE_H

#include "vmm/device/disk_request.h"
#include "vmm/device/queue.h"

struct disk_queue {
    struct disk_front front;
    struct queue queue;

    /* The disks' thread's. */
    struct disk_queue_request {
        struct disk_request base;
        struct iovec buffer;
        uint64_t tag; /* the guest's */
    } request[DUET_DISK_QUEUE_MAX];
    struct disk_request *free;
};

/* A front of disk `number`, which has no queue yet; `doorbell_fd` is an eventfd that wakes the
 * thread. 0, or -1 after saying why; disk_queue_destroy() it in either case. */
int disk_queue_create(struct disk_queue *disk_queue, struct disk *disk, unsigned number,
                      int doorbell_fd);
void disk_queue_destroy(struct disk_queue *disk_queue);

#endif
