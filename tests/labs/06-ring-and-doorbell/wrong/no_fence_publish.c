//@ why The tail may reach memory after the consumer's wake was loaded.
//@ loses fences
//@ substitute common/ring.c
    atomic_thread_fence(memory_order_seq_cst);
    wake = atomic_load_explicit(&end->ring->wake, memory_order_relaxed);
//@ by
    wake = atomic_load_explicit(&end->ring->wake, memory_order_relaxed);
