//@ why The driver's index is believed, however far it is ahead.
//@ loses broken
//@ substitute vmm/board/virtqueue.c if (count > queue->size) { => if (count > UINT16_MAX - 1) {
