//@ why The consumer is woken only if the entry that it waits for is the last one.
//@ loses wakes fences
//@ substitute common/ring.c return wake - before < end->index - before; => return wake == end->index - 1 && before != end->index;
