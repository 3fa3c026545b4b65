//@ why What is published is counted from the tail in memory, where the guest can change it.
//@ loses own
//@ substitute common/ring.c atomic_store_explicit(&end->ring->tail, end->index, memory_order_release); => atomic_fetch_add(&end->ring->tail, end->index - before);
