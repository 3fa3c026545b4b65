//@ why The consumer is woken again, for what it was woken for already.
//@ loses wakes
//@ substitute common/ring.c return wake - before < end->index - before; => return (void)before, (int32_t)(end->index - wake) > 0;
