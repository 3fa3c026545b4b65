/*
 * One direction of a queue, whose other side is hostile: what it writes to the shared words may be
 * anything at any time. Each function of the ring reads a shared word once, so anything before the
 * call is as much as anything at any time.
 *
 * Bounds: rings of up to 4 slots, of up to 4 words (a disk's requests have 4). The code knows sizes
 * only as `size - 1`, a mask. Indices are any numbers of 32 bits.
 */
#include "tests/prove/prove.h"

#include <stdatomic.h>
#include <string.h>

#include "common/ring.h"

/* with: common/ring.c */

#define SIZE_MAX_LOG 2
#define WORDS_MAX    4
#define SLOTS_WORDS  ((1 << SIZE_MAX_LOG) * WORDS_MAX)

static struct duet_ring shared;

/* An end in the middle of its life. `slots` has just the room that its size says, at the end of
 * `memory`. */
static struct ring_end
any_end(uint64_t memory[SLOTS_WORDS])
{
    struct ring_end end;
    uint32_t size = 1u << prove_below("log2 of size", SIZE_MAX_LOG + 1);
    uint32_t words = 1 + (uint32_t)prove_below("words - 1", WORDS_MAX);

    ring_end_init(&end, &shared, memory + SLOTS_WORDS - size * words, size, words * 8);
    end.index = prove_u32("index");
    end.published = prove_u32("published");
    atomic_store(&shared.tail, prove_u32("tail"));
    atomic_store(&shared.wake, prove_u32("wake"));
    return end;
}

PROVE(ring_count, 2, QUICK)
{
    static uint64_t memory[SLOTS_WORDS];
    struct ring_end end = any_end(memory);
    uint32_t ahead = prove_u32("entries put and not taken");

    atomic_store(&shared.tail, end.index + ahead);
    prove_check(ring_count(&end) == ahead, "the count is the distance, also across 2^32");
    prove_check((ring_count(&end) <= end.size) == (ahead <= end.size),
                "a tail further ahead than the ring is long is noticed");
}

PROVE(ring_take, 5, QUICK)
{
    uint64_t memory[SLOTS_WORDS], before[SLOTS_WORDS];
    uint64_t entry[WORDS_MAX + 1] = {0};
    struct ring_end end, was;
    unsigned word = (unsigned)prove_below("a word of the entry", WORDS_MAX);
    unsigned any = (unsigned)prove_below("any word of memory", SLOTS_WORDS);

    prove_fill("memory", memory, sizeof(memory));
    memcpy(before, memory, sizeof(memory));
    end = was = any_end(memory);
    ring_take(&end, entry);
    prove_check(end.index == was.index + 1, "one entry more is taken");
    prove_check(word >= end.words ||
                    entry[word] == end.slots[was.index % end.size * end.words + word],
                "the entry is that of its index");
    prove_check(word < end.words || entry[word + 1] == 0, "no more than an entry is written");
    prove_check(memory[any] == before[any], "the ring is not written to");
}

PROVE(ring_put, 5, LONG)
{
    uint64_t memory[SLOTS_WORDS], before[SLOTS_WORDS], entry[WORDS_MAX];
    struct ring_end end, was;
    unsigned any = (unsigned)prove_below("any word of memory", SLOTS_WORDS);
    unsigned first;

    prove_fill("memory", memory, sizeof(memory));
    prove_fill("entry", entry, sizeof(entry));
    memcpy(before, memory, sizeof(memory));
    end = was = any_end(memory);
    ring_put(&end, entry);
    first = SLOTS_WORDS - end.size * end.words + was.index % end.size * end.words;
    prove_check(end.index == was.index + 1, "one entry more is put");
    prove_check(memory[any] == (any - first < end.words ? entry[any - first] : before[any]),
                "the slot of the index is written, and no other");
}

PROVE(ring_publish, 2, QUICK)
{
    static uint64_t memory[SLOTS_WORDS];
    struct ring_end end = any_end(memory);
    uint32_t put = end.index - end.published;
    uint32_t wanted = atomic_load(&shared.wake) - end.published; /* 0: the first of them */
    bool wake = ring_publish(&end);

    prove_check(atomic_load(&shared.tail) == end.index && end.published == end.index,
                "all that was put is published");
    prove_check(wake == (wanted < put), "the consumer is woken for the entry that it waits for");
}

PROVE(ring_sleep, 2, QUICK)
{
    static uint64_t memory[SLOTS_WORDS];
    struct ring_end end = any_end(memory);
    uint32_t count = 1 + (uint32_t)prove_below("count - 1", 1 << SIZE_MAX_LOG);
    uint32_t there = atomic_load(&shared.tail) - end.index;
    struct ring_end producer = end;
    bool sleeps = ring_sleep(&end, count);

    prove_check(sleeps == (there < count), "it sleeps unless there are enough");
    /* The producer goes on from what it had published, to where there are enough, or more. */
    producer.published = atomic_load(&shared.tail);
    producer.index = producer.published + prove_u32("put meanwhile");
    prove_assume(producer.index - end.index <= end.size && there <= end.size);
    prove_assume(producer.index - end.index >= there);
    prove_check(!sleeps || ring_publish(&producer) == (producer.index - end.index >= count),
                "it is woken once there are enough");
}

PROVE(ring_is_beyond_wake, 2, QUICK)
{
    static uint64_t memory[SLOTS_WORDS];
    struct ring_end producer = any_end(memory), consumer = producer;
    uint32_t taken = (uint32_t)prove_below("published and not taken", producer.size + 1);

    consumer.index = producer.published - taken;
    atomic_store(&shared.tail, producer.published);
    prove_check(ring_sleep(&consumer, 1) == !ring_is_beyond_wake(&producer),
                "the event is pending while there is something to take");
    ring_stay_awake(&consumer);
    prove_check(!ring_is_beyond_wake(&producer), "no event for a consumer that is awake");
}

/* Both ends keep the rules, from any index on: so many turns, in any order, are enough to fill a
 * ring of 2 and empty it again, and to go round in one of 1. */
#define TURNS 6
PROVE(ring_order, 7, FULL)
{
    static uint64_t memory[2];
    uint32_t size = 1u << prove_below("log2 of size", 2), start = prove_u32("start");
    struct ring_end producer, consumer;
    uint64_t put = 0, taken = 0, entry;

    ring_end_init(&producer, &shared, memory, size, 8);
    producer.index = producer.published = start;
    atomic_store(&shared.tail, start);
    atomic_store(&shared.wake, prove_u32("wake"));
    consumer = producer;
    for (unsigned turn = 0; turn < TURNS; turn++) {
        if (prove_bool("the producer's turn")) {
            if (put - taken < size) {
                entry = ++put;
                ring_put(&producer, &entry);
            }
            if (prove_bool("it publishes")) {
                ring_publish(&producer);
                prove_check(ring_count(&consumer) == put - taken, "all of it can be taken");
            }
        } else if (ring_count(&consumer) > 0) {
            prove_check(ring_count(&consumer) <= size, "never more than the ring holds");
            ring_take(&consumer, &entry);
            prove_check(entry == ++taken, "each entry once, in order");
        }
    }
}
