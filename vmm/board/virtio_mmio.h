/*
 * The board's slots for virtio devices (VIRTIO 1.2 §4.2, virtio over MMIO, version 2). This is the
 * transport: registers, features, the set-up of queues, interrupts. A device is a `struct
 * virtio_device` with its kind. Its queues are served by a thread of its own, or, where that takes
 * no time to speak of, by the vCPU that notifies (`serve` of its kind).
 *
 * A driver that does not take VERSION_1 is served as one that does: xv6 leaves it out, and QEMU's
 * devices let it.
 *
 * A notification is a store. If the device has a thread, KVM takes the store by itself and wakes
 * the thread (ioeventfd); otherwise it is an exit, which the vCPU serves.
 *
 * When the guest sets a queue up or takes it back, its vCPU waits until the thread has taken that
 * on: what was in flight is completed, and the queue's memory is not touched any more.
 */
#ifndef DUET_VMM_VIRTIO_MMIO_H
#define DUET_VMM_VIRTIO_MMIO_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/board/virtqueue.h"

#define VIRTIO_QUEUES_MAX 3
#define VIRTIO_CONFIG_MAX 64

/* Device ids (§5). */
#define VIRTIO_ID_BLOCK   2
#define VIRTIO_ID_CONSOLE 3
#define VIRTIO_ID_ENTROPY 4
#define VIRTIO_ID_BALLOON 5

struct bus_access;
struct state_reader;
struct state_writer;
struct virtio_device;
struct vm;

struct virtio_kind {
    const char *name; /* "virtio-blk" */
    uint32_t id;
    unsigned queues;
    uint32_t queue_size_max;
    /* Serves a chain of queue `number`, and returns how many bytes of it were written, the first of
     * its buffers: they are noted (guest_mem_written()) by the caller. Without the lock; one thread
     * at a time for each queue. It returns soon when the machine ends. NULL: the device has a
     * thread. */
    uint32_t (*serve)(struct virtio_device *device, unsigned number, struct virtqueue_chain *chain);
    /* Whether a chain of this queue can be served now; likewise. NULL: at any time. */
    bool (*is_ready)(struct virtio_device *device, unsigned number);
    /* The guest stored to the configuration space, to the bytes given. With the lock held. NULL: it
     * is read-only, and stores are ignored. */
    void (*config_stored)(struct virtio_device *device, unsigned offset, unsigned len);
    /* What the kind has beside the transport's state (virtio_device_save). NULL: nothing. */
    void (*save)(const struct virtio_device *device, struct state_writer *to);
    void (*load)(struct virtio_device *device, struct state_reader *from);
};

struct virtio_device {
    /* Set before the guest runs. */
    const struct virtio_kind *kind;
    struct vm *vm;
    unsigned slot;
    uint64_t features; /* offered, besides those of every device */
    int doorbell_fd;   /* an eventfd that wakes the device's thread; -1: there is none */

    atomic_uint status, interrupts; /* the registers of this name */

    pthread_mutex_t lock; /* guards what follows */
    uint8_t config[VIRTIO_CONFIG_MAX];
    uint32_t features_select, driver_features_select, queue_select;
    uint64_t driver_features;
    struct virtio_queue {
        struct virtqueue queue;       /* the thread's, but while it takes on; without one, whose
                                         `is_serving` is, or the lock's */
        struct virtqueue_place place; /* as the registers say */
        bool is_ready;
        atomic_bool wants_change;   /* the vCPU waits; the thread reads it without the lock */
        bool has_reported;          /* the device's status says that the queue is broken */
        bool was_said;              /* duet has printed a line about that */
        uint32_t in_flight;         /* the thread's: chains that were taken and are not put */
        bool is_serving;            /* without a thread: a thread serves the queue now, */
        bool serve_again;           /* and has to look at it once more before it stops */
        atomic_bool waits_for_vcpu; /* likewise: for virtio_device_go_on() */
        uint64_t served;            /* chains, without a thread; a counter of whoever serves */
    } queue[VIRTIO_QUEUES_MAX];
    pthread_cond_t taken_on;
};

/* Puts the device into a slot; `kind`, `features` and `config` are set, and `doorbell_fd` unless
 * the kind has `serve`. 0, or -1 after saying why. */
int virtio_device_add(struct virtio_device *device, struct vm *vm, unsigned slot);

/* Makes a device whose kind has `serve`, and puts it into a slot: `size` bytes, of which the first
 * are its struct virtio_device, and the others 0. The caller frees it with free(). NULL after
 * saying why. */
void *virtio_device_create(size_t size, const struct virtio_kind *kind, uint64_t features,
                           struct vm *vm, unsigned slot);

/* Adds the slot's node to the device tree; 0, or libfdt's error. */
int virtio_slot_describe(void *fdt, unsigned slot);

/* Prints how many chains were served of each queue, for --stats; not of a device with a thread. */
void virtio_device_stats(const struct virtio_device *device, FILE *to);

/* Has the guest look at the configuration space again: an interrupt (§2.5). With the lock held. */
void virtio_config_changed(struct virtio_device *device);

/* For a device without a thread: serves what waits in queue `number`, at most as many chains as it
 * has entries. vCPU 0 is kicked for the rest, and for chains that arrive while another thread
 * serves the queue: a guest that always puts new chains must not keep a thread from its other work.
 * From any thread, without the lock. */
void virtio_queue_serve(struct virtio_device *device, unsigned number);

/* On the thread of vCPU 0 after a kick, when nobody wants it to stay out of the guest: goes on with
 * what was left. */
void virtio_device_go_on(struct virtio_device *device);

/* A device's state in a snapshot, while nobody serves it and nothing is in flight. The reader's has
 * to be of a device of this kind, with queues that can be in this RAM; it fails otherwise. Chains
 * that wait are served when the machine runs. */
void virtio_device_save(const struct virtio_device *device, struct state_writer *to);
void virtio_device_load(struct virtio_device *device, struct state_reader *from);

/* Has vCPU 0 look at all queues of a device without a thread, when it goes on from a pause. */
void virtio_device_look_again(struct virtio_device *device);

/* --- The device's thread ---------------------------------------------------------------------- */

/* Takes on what the guest has made of queue `number` meanwhile, once nothing of it is in flight. */
void virtio_queue_take_on(struct virtio_device *device, unsigned number);

/* Hands over what was put into the queue, with an interrupt if the driver wants one. A queue that
 * is broken is reported, once, and the device says that it needs a reset (§2.1.1). */
void virtio_queue_publish(struct virtio_device *device, unsigned number);

#endif
