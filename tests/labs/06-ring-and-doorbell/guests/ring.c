/*
 * Lab 06: a ring with both its ends, which does what the console says. A line is a command:
 *
 *     begin START WORDS   a ring of 8 entries of so many words, after START entries
 *     put N               an entry: its words are N, N + 1 ...
 *     take                prints an entry's words
 *     publish, beyond     print 1 for true and 0 for false
 *     sleep N             so does this
 *     count               prints how many can be taken
 *     awake
 *     tail N              someone changes the tail
 */
#include "common/ring.h"
#include "tests/labs/guests/commands.h"

#define SIZE      8
#define WORDS_MAX 4

static struct duet_ring ring;
static uint64_t slots[SIZE * WORDS_MAX];
static struct ring_end producer, consumer;

static void
begin(uint32_t start, uint32_t words)
{
    for (unsigned i = 0; i < SIZE * WORDS_MAX; i++)
        slots[i] = 0xee;
    ring.tail = ring.wake = start;
    ring_end_init(&producer, &ring, slots, SIZE, words * 8);
    ring_end_init(&consumer, &ring, slots, SIZE, words * 8);
    producer.index = producer.published = consumer.index = start;
}

static void
show(uint64_t number)
{
    put_number((int64_t)number);
    put("\n");
}

static void
entry_put(uint64_t number)
{
    uint64_t entry[WORDS_MAX];

    for (unsigned i = 0; i < WORDS_MAX; i++)
        entry[i] = number + i;
    ring_put(&producer, entry);
}

static void
entry_take(uint32_t words)
{
    uint64_t entry[WORDS_MAX] = {0};

    ring_take(&consumer, entry);
    for (unsigned i = 0; i < words; i++) {
        put_number((int64_t)entry[i]);
        put(i == words - 1 ? "\n" : " ");
    }
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static char line[LINE_MAX];
    uint32_t words = 1;

    (void)hart, (void)fdt;
    while (read_line(line)) {
        const char *at = line;

        while (*at && *at != ' ')
            at++;
        uint64_t number = number_next(&at), second = number_next(&at);

        if (starts_with(line, "begin")) {
            words = second > 0 && second <= WORDS_MAX ? (uint32_t)second : 1;
            begin((uint32_t)number, words);
        } else if (starts_with(line, "put")) {
            entry_put(number);
        } else if (starts_with(line, "take")) {
            entry_take(words);
        } else if (starts_with(line, "publish")) {
            show(ring_publish(&producer));
        } else if (starts_with(line, "beyond")) {
            show(ring_is_beyond_wake(&producer));
        } else if (starts_with(line, "sleep")) {
            show(ring_sleep(&consumer, (uint32_t)number));
        } else if (starts_with(line, "count")) {
            show(ring_count(&consumer));
        } else if (starts_with(line, "awake")) {
            ring_stay_awake(&consumer);
        } else if (starts_with(line, "tail")) {
            ring.tail = (uint32_t)number;
        }
    }
    duet_power_off(0);
}
