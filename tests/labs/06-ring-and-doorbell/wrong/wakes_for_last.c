//@ why The consumer is woken only if the entry that it waits for is the last; chance has a disk's thread sleep.
//@ loses wakes fences
//@ may_lose disk tail
//@ substitute common/ring.c return wake - before < end->index - before; => return wake == end->index - 1 && before != end->index;
