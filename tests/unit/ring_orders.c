/* Uses of the ring by two threads: entries one by one, in pairs, and a queue there and back. */
#include "tests/unit/ring_orders.h"

#include "common/ring.h"

#define ENTRIES  3
#define REQUESTS 2

static struct duet_queue queue;
static uint64_t slots[8];

/* --- One direction: slots[0..3] ------------------------------------------------------------------
 */

static void
entries_produce(void)
{
    struct ring_end end;

    ring_end_init(&end, &queue.requests, slots, 4, sizeof(uint64_t));
    for (uint64_t number = 0; number < ENTRIES; number++) {
        ring_put(&end, &number);
        if (number != 1 && ring_publish(&end)) /* one, then two */
            order_wake(1);
    }
}

/* Takes what is there: how many that were. */
static uint32_t
entries_take(struct ring_end *end, uint32_t taken)
{
    uint32_t count = ring_count(end);
    uint64_t entry;

    if (count > ENTRIES - taken)
        order_wrong();
    for (uint32_t i = 0; i < count; i++)
        ring_take(end, &entry);
    return count;
}

static void
entries_consume(void)
{
    struct ring_end end;
    uint32_t taken = 0, count;

    ring_end_init(&end, &queue.requests, slots, 4, sizeof(uint64_t));
    while (taken < ENTRIES) {
        count = entries_take(&end, taken);
        taken += count;
        if (!count && ring_sleep(&end, 1))
            order_wait(1);
    }
}

static void
pairs_consume(void)
{
    struct ring_end end;
    uint32_t taken = 0;

    ring_end_init(&end, &queue.requests, slots, 4, sizeof(uint64_t));
    while (taken < ENTRIES) {
        while (ring_sleep(&end, ENTRIES - taken < 2 ? 1 : 2))
            order_wait(1);
        taken += entries_take(&end, taken);
    }
}

/* --- A queue of one request: slots[0] there, slots[1] back
 * ----------------------------------------- */

static void
requests_ask(void)
{
    struct ring_end requests, completions;
    uint64_t entry = 0;

    ring_end_init(&requests, &queue.requests, slots, 1, sizeof(uint64_t));
    ring_end_init(&completions, &queue.completions, slots + 1, 1, sizeof(uint64_t));
    for (unsigned number = 0; number < REQUESTS; number++) {
        ring_put(&requests, &entry);
        if (ring_publish(&requests))
            order_wake(1);
        while (ring_sleep(&completions, 1))
            order_wait(0);
        if (ring_count(&completions) != 1)
            order_wrong();
        ring_take(&completions, &entry);
    }
}

static void
requests_serve(void)
{
    struct ring_end requests, completions;
    uint64_t entry;

    ring_end_init(&requests, &queue.requests, slots, 1, sizeof(uint64_t));
    ring_end_init(&completions, &queue.completions, slots + 1, 1, sizeof(uint64_t));
    for (unsigned number = 0; number < REQUESTS; number++) {
        while (ring_sleep(&requests, 1))
            order_wait(1);
        ring_take(&requests, &entry);
        ring_put(&completions, &entry);
        if (ring_publish(&completions))
            order_wake(0);
    }
}

static const char *
word_name(const void *address)
{
    if (address == &queue.requests.tail)
        return "tail";
    if (address == &queue.requests.wake)
        return "wake";
    if (address == &queue.completions.tail)
        return "the completions' tail";
    return address == &queue.completions.wake ? "the completions' wake" : "an atomic";
}

enum order_end
ring_orders_explore(unsigned use, unsigned ignored, void (*print)(const char *text))
{
    static void (*const run[RING_ORDERS][2])(void) = {{entries_produce, entries_consume},
                                                      {entries_produce, pairs_consume},
                                                      {requests_ask, requests_serve}};
    const struct order_threads threads = {
        .run = {run[use][0], run[use][1]},
        .name = {use < 2 ? "producer" : "guest", use < 2 ? "consumer" : "device"},
        .data = slots,
        .words = sizeof(slots) / sizeof(slots[0]),
        .atomics = &queue,
        .atomics_bytes = sizeof(queue),
        .atomic_name = word_name,
        .ignored = ignored,
    };

    return order_explore(&threads, print);
}
