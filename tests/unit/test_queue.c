/* A queue as the thread of a device serves it. The device is none of duet's: its entries have other
 * sizes than a disk's. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/device/event.h"
#include "vmm/device/queue.h"

#define SIZE  4
#define EVENT 0x100u

struct request {
    uint64_t number, address, len;
};

struct completion {
    uint64_t number;
};

/* The guest's memory, and its ends. */
static struct {
    struct duet_queue queue;
    struct request request[SIZE];
    struct completion completion[SIZE];
} memory;
static struct ring_end guest_requests, guest_completions;

static struct events events;
static struct queue queue;
static int doorbell_fd;

void
event_set(struct events *to, uint64_t event, bool level)
{
    assert_ptr_equal(to, &events);
    assert_int_equal(event, EVENT);
    to->pending = level ? event : 0;
}

/* What the guest's call answered; it waits for the thread, which is the test. */
struct start {
    uint64_t size, len;
    struct sbi_ret ret;
};

static void *
start_main(void *arg)
{
    struct start *start = arg;

    start->ret = queue_start(&queue, start->size, &memory, start->len);
    return NULL;
}

/* Begins the guest's call, and returns when it has woken the thread. */
static pthread_t
start_begin(struct start *start)
{
    pthread_t guest;
    uint64_t rings;

    assert_int_equal(pthread_create(&guest, NULL, start_main, start), 0);
    assert_int_equal(read(doorbell_fd, &rings, sizeof(rings)), sizeof(rings));
    return guest;
}

static void
start_end(pthread_t guest, const struct start *start)
{
    assert_int_equal(pthread_join(guest, NULL), 0);
    assert_int_equal(start->ret.error, 0);
}

static int
begin(void **state)
{
    struct start start = {SIZE, sizeof(memory), {0}};
    pthread_t guest;

    (void)state;
    memset(&memory, 0, sizeof(memory));
    memset(&events, 0, sizeof(events));
    doorbell_fd = eventfd(0, EFD_CLOEXEC);
    queue_init(&queue, &(struct queue_config){
                           .name = "wire 7",
                           .events = &events,
                           .event = EVENT,
                           .doorbell_fd = doorbell_fd,
                           .size_max = SIZE,
                           .request_bytes = sizeof(struct request),
                           .completion_bytes = sizeof(struct completion),
                       });
    assert_int_equal(queue_count(&queue), 0);
    assert_true(queue_sleep(&queue)); /* not started: nothing comes */
    ring_end_init(&guest_requests, &memory.queue.requests, memory.request, SIZE,
                  sizeof(struct request));
    ring_end_init(&guest_completions, &memory.queue.completions, memory.completion, SIZE,
                  sizeof(struct completion));
    guest = start_begin(&start);
    queue_take_on(&queue);
    start_end(guest, &start);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    queue_destroy(&queue);
    close(doorbell_fd);
    return 0;
}

/* The guest puts a request. Whether it has to ring the doorbell. */
static bool
guest_put(uint64_t number)
{
    ring_put(&guest_requests, &(struct request){number, 2 * number, 3 * number});
    return ring_publish(&guest_requests);
}

static void
thread_take(uint64_t number)
{
    struct request request;

    queue_take(&queue, &request);
    assert_int_equal(request.number, number);
    assert_int_equal(request.address, 2 * number);
    assert_int_equal(request.len, 3 * number);
}

static void
thread_complete(uint64_t number)
{
    queue_complete(&queue, &(struct completion){number});
}

static void
guest_take(uint64_t number)
{
    struct completion completion;

    ring_take(&guest_completions, &completion);
    assert_int_equal(completion.number, number);
}

static void
requests_go_there_and_completions_back(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 3 * SIZE; number += 2) {
        assert_true(queue_sleep(&queue));
        assert_true(guest_put(number));
        assert_false(guest_put(number + 1)); /* the thread is awake already */
        assert_false(queue_sleep(&queue));
        assert_int_equal(queue_count(&queue), 2);
        thread_take(number);
        thread_take(number + 1);
        assert_int_equal(queue_count(&queue), 0);
        thread_complete(number + 1);
        thread_complete(number);
        assert_int_equal(ring_count(&guest_completions), 0);
        queue_publish(&queue);
        assert_int_equal(ring_count(&guest_completions), 2);
        guest_take(number + 1);
        guest_take(number);
        assert_true(ring_sleep(&guest_completions, 1));
    }
}

static void
the_event_is_pending_until_the_guest_asks_for_a_later_one(void **state)
{
    (void)state;
    assert_true(ring_sleep(&guest_completions, 2)); /* wants the second */
    guest_put(1);
    guest_put(2);
    thread_take(1);
    thread_take(2);
    thread_complete(1);
    queue_publish(&queue);
    assert_int_equal(events.pending, 0);
    thread_complete(2);
    queue_publish(&queue);
    assert_int_equal(events.pending, EVENT);
    queue_look(&queue);
    assert_int_equal(events.pending, EVENT);
    guest_take(1);
    guest_take(2);
    assert_true(ring_sleep(&guest_completions, 1));
    queue_look(&queue);
    assert_int_equal(events.pending, 0);
}

static void
no_more_are_in_flight_than_the_queue_has(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < SIZE; number++)
        guest_put(number);
    for (uint64_t number = 0; number < SIZE; number++)
        thread_take(number);
    guest_put(SIZE); /* against the protocol: none is completed */
    assert_int_equal(queue_count(&queue), 0);
    assert_true(queue_sleep(&queue)); /* completing one wakes the thread */
    thread_complete(0);
    assert_int_equal(queue_count(&queue), 1);
    assert_false(queue_sleep(&queue));
}

static void
a_tail_beyond_the_queue_stops_it_and_is_reported_once(void **state)
{
    struct start start = {SIZE, sizeof(memory), {0}};
    const char *said;
    pthread_t guest;

    (void)state;
    memory.queue.requests.tail = SIZE + 1;
    capture_begin(STDERR_FILENO);
    assert_int_equal(queue_count(&queue), 0);
    said = capture_end();
    expect_one_line(said);
    assert_non_null(strstr(said, "wire 7: "));
    memory.queue.requests.tail = 1; /* too late */
    assert_int_equal(queue_count(&queue), 0);
    assert_true(queue_sleep(&queue));

    guest = start_begin(&start);
    queue_take_on(&queue);
    start_end(guest, &start);
    assert_int_equal(queue_count(&queue), 1);
    memory.queue.requests.tail = UINT32_MAX;
    capture_begin(STDERR_FILENO);
    assert_int_equal(queue_count(&queue), 0);
    assert_string_equal(capture_end(), "");
}

static void
a_start_waits_for_the_requests_in_flight(void **state)
{
    struct start none = {0};
    pthread_t guest;

    (void)state;
    guest_put(5);
    thread_take(5);
    guest = start_begin(&none);
    queue_take_on(&queue);
    assert_true(queue.wants_start); /* still */
    thread_complete(5);
    queue_take_on(&queue);
    start_end(guest, &none);
    assert_int_equal(events.pending, 0);
    assert_int_equal(ring_count(&guest_completions), 1);
    guest_put(6);
    assert_int_equal(queue_count(&queue), 0);
    memset(&memory, 0, sizeof(memory)); /* the guest uses it for something else */
    queue_publish(&queue);
    assert_int_equal(memory.queue.completions.tail, 0);
}

static void
a_queue_that_cannot_be_is_refused(void **state)
{
    static const struct {
        uint64_t size, len;
    } wrong[] = {
        {3, sizeof(struct duet_queue) + 3 * 32},
        {2 * SIZE, sizeof(struct duet_queue) + 2 * SIZE * 32},
        {SIZE, sizeof(memory) - 1},
        {SIZE, sizeof(memory) + 1},
        {SIZE, 0},
        {0, sizeof(struct duet_queue)},
        {1ull << 63, sizeof(struct duet_queue)},
    };

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(queue_start(&queue, wrong[i].size, &memory, wrong[i].len).error,
                         SBI_ERR_INVALID_PARAM);
    assert_int_equal(queue_start(&queue, SIZE, (char *)&memory + 8, sizeof(memory)).error,
                     SBI_ERR_INVALID_ADDRESS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests_go_there_and_completions_back, begin, end),
        cmocka_unit_test_setup_teardown(the_event_is_pending_until_the_guest_asks_for_a_later_one,
                                        begin, end),
        cmocka_unit_test_setup_teardown(no_more_are_in_flight_than_the_queue_has, begin, end),
        cmocka_unit_test_setup_teardown(a_tail_beyond_the_queue_stops_it_and_is_reported_once,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_start_waits_for_the_requests_in_flight, begin, end),
        cmocka_unit_test_setup_teardown(a_queue_that_cannot_be_is_refused, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
