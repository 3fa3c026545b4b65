//@ why The fence is before the store, and so between nothing.
//@ loses fences
//@ substitute common/ring.c
    atomic_store_explicit(&end->ring->wake, end->index + count - 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
//@ by
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit(&end->ring->wake, end->index + count - 1, memory_order_relaxed);
