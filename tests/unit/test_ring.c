/* The ring that guest and VMM share: order, wrapping, wake-ups; and two threads that sleep by it.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "common/ring.h"

#define SIZE 8

struct entry {
    uint64_t number, twice;
};

static struct duet_ring ring;
static struct entry slots[SIZE];
static struct ring_end producer, consumer;

/* Both ends, after `start` entries. */
static void
begin(uint32_t start)
{
    memset(slots, 0xee, sizeof(slots));
    ring.tail = start;
    ring.wake = start;
    ring_end_init(&producer, &ring, slots, SIZE, sizeof(struct entry));
    ring_end_init(&consumer, &ring, slots, SIZE, sizeof(struct entry));
    producer.index = producer.published = consumer.index = start;
}

static void
put(uint64_t number)
{
    ring_put(&producer, &(struct entry){number, 2 * number});
}

static void
take(uint64_t number)
{
    struct entry entry;

    ring_take(&consumer, &entry);
    assert_int_equal(entry.number, number);
    assert_int_equal(entry.twice, 2 * number);
}

static void
entries_come_in_order_also_when_their_number_wraps(void **state)
{
    (void)state;
    begin(UINT32_MAX - 20);
    for (uint64_t number = 0; number < 60; number += 6) {
        for (uint64_t i = 0; i < 6; i++)
            put(number + i);
        assert_int_equal(ring_count(&consumer), 0);
        ring_publish(&producer);
        assert_int_equal(ring_count(&consumer), 6);
        for (uint64_t i = 0; i < 6; i++)
            take(number + i);
    }
}

static void
the_consumer_is_woken_once_for_what_it_asked(void **state)
{
    static const uint32_t starts[] = {0, UINT32_MAX, UINT32_MAX - 2, INT32_MAX};

    (void)state;
    for (unsigned i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        begin(starts[i]);
        assert_true(ring_sleep(&consumer, 3));
        put(0);
        assert_false(ring_publish(&producer));
        assert_false(ring_is_beyond_wake(&producer));
        put(1);
        put(2);
        put(3);
        assert_true(ring_publish(&producer)); /* the third is among them */
        assert_true(ring_is_beyond_wake(&producer));
        put(4);
        assert_false(ring_publish(&producer));
        assert_true(ring_is_beyond_wake(&producer)); /* until the consumer asks anew */
        assert_false(ring_publish(&producer));       /* of nothing */
        assert_false(ring_sleep(&consumer, 1));
        for (uint64_t number = 0; number < 5; number++)
            take(number);
        assert_true(ring_sleep(&consumer, 1));
        assert_false(ring_is_beyond_wake(&producer));
        put(5);
        assert_true(ring_publish(&producer));
    }
}

static void
who_stays_awake_is_not_woken(void **state)
{
    (void)state;
    begin(UINT32_MAX - 3);
    ring_stay_awake(&consumer);
    for (uint64_t number = 0; number < SIZE; number++) {
        put(number);
        assert_false(ring_publish(&producer));
        assert_false(ring_is_beyond_wake(&producer));
    }
}

static void
a_wrong_tail_shows_as_more_than_fits(void **state)
{
    (void)state;
    begin(5);
    ring.tail = 4;
    assert_true(ring_count(&consumer) > SIZE);
    ring.tail = 5 + SIZE + 1;
    assert_true(ring_count(&consumer) > SIZE);
}

/* Two threads, a queue: requests there, completions back, SIZE of them under way at most. A wake-up
 * that is lost shows as a hang, which the runner ends. */
#define REQUESTS 200000
static struct duet_queue queue;
static struct entry request_slots[SIZE], completion_slots[SIZE];
static sem_t doorbell, event;

static void *
serve(void *arg)
{
    struct ring_end requests, completions;
    uint64_t done = 0;

    (void)arg;
    ring_end_init(&requests, &queue.requests, request_slots, SIZE, sizeof(struct entry));
    ring_end_init(&completions, &queue.completions, completion_slots, SIZE, sizeof(struct entry));
    while (done < REQUESTS) {
        uint32_t count = ring_count(&requests);

        for (uint32_t i = 0; i < count; i++, done++) {
            struct entry entry;

            ring_take(&requests, &entry);
            entry.twice = 2 * entry.number;
            ring_put(&completions, &entry);
        }
        if (count && ring_publish(&completions))
            sem_post(&event);
        if (!count && ring_sleep(&requests, 1))
            sem_wait(&doorbell);
    }
    return NULL;
}

static void
two_threads_lose_no_wake_up(void **state)
{
    struct ring_end requests, completions;
    uint64_t asked = 0, taken = 0;
    pthread_t server;

    (void)state;
    sem_init(&doorbell, 0, 0);
    sem_init(&event, 0, 0);
    ring_end_init(&requests, &queue.requests, request_slots, SIZE, sizeof(struct entry));
    ring_end_init(&completions, &queue.completions, completion_slots, SIZE, sizeof(struct entry));
    assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
    while (taken < REQUESTS) {
        for (; asked < REQUESTS && asked - taken < SIZE; asked++)
            ring_put(&requests, &(struct entry){.number = asked});
        if (ring_publish(&requests))
            sem_post(&doorbell);
        while (ring_sleep(&completions, 1))
            sem_wait(&event);
        for (uint32_t count = ring_count(&completions); count > 0; count--, taken++) {
            struct entry entry;

            assert_in_range(count, 1, SIZE);
            ring_take(&completions, &entry);
            assert_int_equal(entry.number, taken);
            assert_int_equal(entry.twice, 2 * taken);
        }
    }
    pthread_join(server, NULL);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_in_order_also_when_their_number_wraps),
        cmocka_unit_test(the_consumer_is_woken_once_for_what_it_asked),
        cmocka_unit_test(who_stays_awake_is_not_woken),
        cmocka_unit_test(a_wrong_tail_shows_as_more_than_fits),
        cmocka_unit_test(two_threads_lose_no_wake_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
