/*
 * Lab 06: the ring in all orders of two threads' accesses (tests/unit/order.h). A line of input is
 * `IGNORED KEY`: which mistakes are not looked for, and a number that is printed, plus the number
 * of the use, for each use of the ring in which nothing is wrong.
 */
#include "tests/labs/guests/commands.h"
#include "tests/unit/ring_orders.h"

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];

    (void)hart, (void)fdt;
    while (read_line(line)) {
        const char *at = line;
        uint64_t ignored = number_next(&at), key = number_next(&at);

        for (unsigned use = 0; use < RING_ORDERS; use++) {
            if (ring_orders_explore(use, (unsigned)ignored, put) != ORDER_SOUND)
                break;
            put_number((int64_t)(key + use));
            put("\n");
        }
    }
    duet_power_off(0);
}
