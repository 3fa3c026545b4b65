/* Uses of common/ring.c by two threads, for all orders of their accesses. Freestanding. */
#ifndef DUET_TESTS_RING_ORDERS_H
#define DUET_TESTS_RING_ORDERS_H

#include "tests/unit/order.h"

#define RING_ORDERS 3

/* Explores use number `use`, below RING_ORDERS; `ignored` as in order.h. Prints what is wrong, if
 * anything is. */
enum order_end ring_orders_explore(unsigned use, unsigned ignored, void (*print)(const char *text));

#endif
