//@ why With event indices the driver is never told from which chain on it has to notify.
//@ loses events
//@ substitute vmm/board/virtqueue.c queue->used[RING_ENTRY + USED_WORDS * queue->size] = queue->taken; => queue->used[RING_FLAGS] = 0;
