//@ why A fence that acquires and releases does not order a store with a later load.
//@ loses fences
//@ substitute common/ring.c
    atomic_thread_fence(memory_order_seq_cst);
    return ring_count(end) < count;
//@ by
    atomic_thread_fence(memory_order_acq_rel);
    return ring_count(end) < count;
