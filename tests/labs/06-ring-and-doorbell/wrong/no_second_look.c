//@ why A consumer that waits for several entries does not see those that came before it had asked.
//@ loses wakes ordered fences
//@ substitute common/ring.c return ring_count(end) < count; => return count > 1 || ring_count(end) < count;
