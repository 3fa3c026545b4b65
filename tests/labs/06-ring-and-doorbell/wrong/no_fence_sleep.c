//@ why The consumer's wake may reach memory after the tail was loaded.
//@ loses fences
//@ substitute common/ring.c
    atomic_thread_fence(memory_order_seq_cst);
    return ring_count(end) < count;
//@ by
    return ring_count(end) < count;
