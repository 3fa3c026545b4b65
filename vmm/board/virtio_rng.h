/* A source of random bytes as a virtio entropy device (VIRTIO 1.2 §5.4): the host's. */
#ifndef DUET_VMM_VIRTIO_RNG_H
#define DUET_VMM_VIRTIO_RNG_H

struct virtio_device;
struct vm;

/* Creates one in a slot. The caller frees it with free(). NULL after saying why. */
struct virtio_device *virtio_rng_create(struct vm *vm, unsigned slot);

#endif
