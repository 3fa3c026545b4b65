/* The board's virtio devices, for those outside of the board. */
#ifndef DUET_VMM_VIRTIO_H
#define DUET_VMM_VIRTIO_H

struct virtio_balloon;
struct vm;

/* The machine's balloon, or NULL if it has none. */
struct virtio_balloon *virtio_balloon_of(const struct vm *vm);

#endif
