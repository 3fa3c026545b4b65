//@ why Buffers to be read may stand behind those to be written.
//@ loses broken
//@ substitute vmm/board/virtqueue.c if (!is_writable && chain->readable < chain->count) => if (!is_writable && chain->count == VIRTQUEUE_PARTS_MAX)
