/*
 * Disks: DUET_DISKS at most, numbered from 0. disk_info describes one, disk_start gives it a queue
 * (abi/queue.h) whose entries are these. Its doorbell is DUET_DOORBELL(disk), its event
 * DUET_EVENT_DISK(disk).
 *
 * Requests are served in any order, several at a time: one that has to come after another is put
 * when the other has completed. What a WRITE that has completed wrote is read from then on; it is
 * on stable storage when a FLUSH has completed that was put after that.
 */
#ifndef DUET_ABI_DISK_H
#define DUET_ABI_DISK_H

/* Offsets, lengths, buffers' addresses and disk sizes are multiples of this many bytes. */
#define DUET_DISK_SECTOR 512

/* The largest queue. */
#define DUET_DISK_QUEUE_MAX 128

/* Operations. A field that an operation does not use is 0. */
#define DUET_DISK_READ    0
#define DUET_DISK_WRITE   1
#define DUET_DISK_FLUSH   2 /* uses no offset, len, buffer */
#define DUET_DISK_DISCARD 3 /* uses no buffer; the range reads as zeroes, and takes no room */

/* A completion's status. */
#define DUET_DISK_OK            0
#define DUET_DISK_INVALID       1 /* the request makes no sense: operation, range or buffer */
#define DUET_DISK_READ_ONLY     2
#define DUET_DISK_IO_ERROR      3 /* part of it may have been done */
#define DUET_DISK_NO_SPACE      4 /* the host has no room for it; part of it may have been done */
#define DUET_DISK_NOT_SUPPORTED 5 /* a discard that the host's file system cannot do */

/* duet_disk_info.flags */
#define DUET_DISK_IS_READ_ONLY 0x1

#ifndef __ASSEMBLER__

#include "abi/queue.h"

struct duet_disk_info {
    uint64_t bytes;     /* how large it is */
    uint32_t queue_max; /* the largest queue that disk_start takes */
    uint32_t flags;     /* DUET_DISK_IS_* */
};
#define DUET_LAYOUT_DISK_INFO(STRUCT, FIELD)                                                       \
    STRUCT(duet_disk_info, 16)                                                                     \
    FIELD(duet_disk_info, bytes, 0, 8)                                                             \
    FIELD(duet_disk_info, queue_max, 8, 4)                                                         \
    FIELD(duet_disk_info, flags, 12, 4)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_DISK_INFO)

struct duet_disk_request {
    uint64_t tag;    /* of the guest's choice: the completion has it too */
    uint64_t offset; /* on the disk, bytes */
    uint64_t buffer; /* guest physical address */
    uint32_t len;    /* bytes */
    uint16_t op;     /* DUET_DISK_* */
    uint16_t zero;
};
#define DUET_LAYOUT_DISK_REQUEST(STRUCT, FIELD)                                                    \
    STRUCT(duet_disk_request, 32)                                                                  \
    FIELD(duet_disk_request, tag, 0, 8)                                                            \
    FIELD(duet_disk_request, offset, 8, 8)                                                         \
    FIELD(duet_disk_request, buffer, 16, 8)                                                        \
    FIELD(duet_disk_request, len, 24, 4)                                                           \
    FIELD(duet_disk_request, op, 28, 2)                                                            \
    FIELD(duet_disk_request, zero, 30, 2)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_DISK_REQUEST)

struct duet_disk_completion {
    uint64_t tag;
    uint32_t status; /* DUET_DISK_* */
    uint32_t zero;
};
#define DUET_LAYOUT_DISK_COMPLETION(STRUCT, FIELD)                                                 \
    STRUCT(duet_disk_completion, 16)                                                               \
    FIELD(duet_disk_completion, tag, 0, 8)                                                         \
    FIELD(duet_disk_completion, status, 8, 4)                                                      \
    FIELD(duet_disk_completion, zero, 12, 4)
DUET_LAYOUT_ASSERT(DUET_LAYOUT_DISK_COMPLETION)

#endif
#endif
