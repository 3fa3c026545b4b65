//@ why The driver is interrupted whether it wants to be or not.
//@ loses events
//@ substitute vmm/board/virtqueue.c     return (uint16_t)(queue->put - event - 1) < (uint16_t)(queue->put - before); /* §2.7.7.2 */ =>     (void)event;\n    return true;
//@ substitute vmm/board/virtqueue.c         return !(queue->available[RING_FLAGS] & NO_INTERRUPT); =>         return true;
