/*
 * A virtqueue, the split kind (VIRTIO 1.2 §2.7), as the device sees it: in the order of a round,
 *
 *     virtqueue_count, virtqueue_take ...     each chain of buffers that the driver has put
 *     virtqueue_put ..., virtqueue_publish    hand over what is done
 *     if (virtqueue_sleep(queue))             wait until the driver notifies
 *
 * The driver writes to the queue's memory as it likes, while we read it: each descriptor is copied
 * once, then checked, and the indices that we rely on are ours. A queue that makes no sense is
 * broken, and is not served any more until it is set up anew.
 *
 * A queue belongs to one thread, that of its device.
 */
#ifndef DUET_VMM_VIRTQUEUE_H
#define DUET_VMM_VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

struct guest_mem;
struct state_reader;
struct state_writer;

/* The largest queue, and the most buffers of a chain. */
#define VIRTQUEUE_SIZE_MAX  256
#define VIRTQUEUE_PARTS_MAX 128

#define VIRTQUEUE_F_INDIRECT  (1ULL << 28) /* §6 */
#define VIRTQUEUE_F_EVENT_IDX (1ULL << 29)

/* Where the driver has put a queue: guest physical addresses. */
struct virtqueue_place {
    uint32_t size; /* entries; 0: no queue */
    uint64_t descriptors, available, used;
};

struct virtqueue {
    const struct guest_mem *mem;
    uint32_t size; /* 0: there is none */
    bool has_indirect, has_event_idx;
    bool is_broken;
    /* In the guest's RAM. */
    const volatile struct virtqueue_descriptor *descriptor;
    volatile uint16_t *available, *used; /* flags, index, ring, event */
    uint16_t taken, put, published;      /* how many chains; they wrap */
};

/* A chain of buffers, checked: first those to be read, then those to be written. */
struct virtqueue_chain {
    uint16_t head;            /* what the driver knows it by */
    unsigned readable, count; /* of the parts: how many are to be read, and all */
    struct iovec part[VIRTQUEUE_PARTS_MAX];
};

/* Whether a queue can be there: its size is a power of two up to `size_max`, and all of it is in
 * RAM and aligned (§2.7). */
bool virtqueue_place_is_valid(const struct guest_mem *mem, const struct virtqueue_place *place,
                              uint32_t size_max);

/* The queue at a good place, or none, for a driver that took `features`. */
void virtqueue_init(struct virtqueue *queue, const struct guest_mem *mem,
                    const struct virtqueue_place *place, uint64_t features);

/* Has all noted that the device writes to of the queue itself (guest_mem_written()): before the
 * queue is taken from its place, and with its state. It is not noted as it is written. */
void virtqueue_mark(const struct virtqueue *queue);

/* Its state in a snapshot, of a queue of which nothing is in flight and all is published. A
 * reader's is of the queue at this place, which is valid, or of none. */
void virtqueue_save(const struct virtqueue *queue, struct state_writer *to);
void virtqueue_load(struct virtqueue *queue, const struct guest_mem *mem,
                    const struct virtqueue_place *place, struct state_reader *from);

/* How many chains can be taken. */
uint32_t virtqueue_count(struct virtqueue *queue);

/* Takes the oldest chain. False if it makes no sense: the queue is broken now. */
bool virtqueue_take(struct virtqueue *queue, struct virtqueue_chain *chain);

/* Notes that the device has written to the first `len` bytes of those buffers of a chain that are
 * to be written. A `len` beyond them is as good as all. */
void virtqueue_chain_written(const struct virtqueue *queue, const struct virtqueue_chain *chain,
                             uint64_t len);

/* Gives a chain back, of which `len` bytes were written. The driver has it after virtqueue_publish.
 */
void virtqueue_put(struct virtqueue *queue, uint16_t head, uint32_t len);

/* Hands over what was put. Whether the driver wants an interrupt for it. */
bool virtqueue_publish(struct virtqueue *queue);

/* Asks the driver to notify of its next chain. Whether the thread may sleep until then: false if
 * there is a chain already. */
bool virtqueue_sleep(struct virtqueue *queue);

#endif
