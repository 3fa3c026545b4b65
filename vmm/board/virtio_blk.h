/* A disk as a virtio block device (VIRTIO 1.2 §5.2): a second front of it, beside Duet's own,
 * served by the disks' thread and its io_uring. */
#ifndef DUET_VMM_VIRTIO_BLK_H
#define DUET_VMM_VIRTIO_BLK_H

struct disk;
struct virtio_blk;
struct virtio_device;
struct vm;

/* Puts the disk into a slot. NULL after saying why. */
struct virtio_blk *virtio_blk_create(struct vm *vm, unsigned slot, struct disk *disk);

/* Its transport. */
struct virtio_device *virtio_blk_device(struct virtio_blk *blk);

/* The disks' thread has ended. */
void virtio_blk_destroy(struct virtio_blk *blk);

#endif
