//@ why A queue may have any number of entries.
//@ loses set_up
//@ substitute vmm/board/virtqueue.c size <= size_max && (size & (size - 1)) == 0 && => size <= size_max &&
