//@ why Tables are followed whether the driver has agreed upon them or not.
//@ loses broken
//@ substitute vmm/board/virtqueue.c queue->size, head, queue->has_indirect)) { => queue->size, head, true)) {
