//@ why A table may lead to another one.
//@ loses broken
//@ substitute vmm/board/virtqueue.c entries <= UINT16_MAX && table_take(queue, chain, next, entries, 0, false); => entries <= UINT16_MAX && table_take(queue, chain, next, entries, 0, true);
