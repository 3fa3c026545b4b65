//@ why The tail may reach memory before the entries.
//@ loses ordered
//@ substitute common/ring.c end->index, memory_order_release => end->index, memory_order_relaxed
