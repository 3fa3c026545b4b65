/* The ring in all orders of two threads' accesses: no fence and no release or acquire is too few.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/ring_orders.h"

static void
text_print(const char *text)
{
    fputs(text, stderr);
}

static void
no_entry_is_lost_in_any_order(void **state)
{
    (void)state;
    for (unsigned use = 0; use < RING_ORDERS; use++) {
        assert_int_equal(ring_orders_explore(use, 0, text_print), ORDER_SOUND);
        assert_true(order_states() > 100); /* or the compiler has told of nothing */
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_entry_is_lost_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
