/*
 * A memory balloon as a virtio device (VIRTIO 1.2 §5.5). The guest puts pages that it does without
 * into the balloon, as many as it is asked for, and the host has their memory meanwhile. It may
 * also report free pages by itself (§5.5.6.7), which go back to the host as they are.
 *
 * Nothing is promised: a guest may use a page that is in the balloon, and finds zeroes in it.
 */
#ifndef DUET_VMM_VIRTIO_BALLOON_H
#define DUET_VMM_VIRTIO_BALLOON_H

#include <stdint.h>

struct virtio_balloon;
struct virtio_device;
struct vm;

/* Creates one in a slot: it begins with its device. The caller frees it with free(). NULL after
 * saying why. */
struct virtio_device *virtio_balloon_create(struct vm *vm, unsigned slot);

/* Asks the guest for so many bytes in all, rounded down to pages of 4 KiB. From any thread. */
void virtio_balloon_ask(struct virtio_balloon *balloon, uint64_t bytes);

/* What is asked for between these two is shown to the guest at the second. */
void virtio_balloon_pause(struct virtio_device *device);
void virtio_balloon_resume(struct virtio_device *device);

/* How many bytes the driver says there are in the balloon. From any thread. */
uint64_t virtio_balloon_bytes(struct virtio_balloon *balloon);

#endif
