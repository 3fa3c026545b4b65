//@ why Entries may be read before the tail.
//@ loses ordered
//@ substitute common/ring.c tail, memory_order_acquire => tail, memory_order_relaxed
