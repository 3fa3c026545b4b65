/*
 * Uses pages all over RAM: they begin with zeroes, and keep what was written. The report's faults:
 * 1 the device tree says no RAM, or too little; 2 a page did not begin with zeroes; 3 one has lost
 * what it had.
 *
 * seed: the number to begin with
 */
#include "probe.h"

#define PAGES   200
#define RAM_MIN (64ul << 20)
#define KEPT    (4ul << 20) /* of both ends of RAM: the guest itself, and the device tree */

PROBE_DEFINE(seed);

void
guest_main(uint64_t hart, uint64_t fdt)
{
    uint64_t end = ram_end(fdt), state = seed[0], sum = 0;
    uint64_t first = DUET_RAM_BASE + KEPT, pages = (end - KEPT - first) / PAGE_SIZE;

    (void)hart;
    if (end < DUET_RAM_BASE + RAM_MIN)
        report(0, 1);
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t page = number_next(&state) % pages;
        volatile uint64_t *word = (volatile uint64_t *)(first + page * PAGE_SIZE);
        uint64_t ours = page * seed[0] | 1;

        if ((word[0] != 0 && word[0] != ours) || word[511] != word[0])
            report(page, 2);
        word[0] = ours;
        word[511] = ours;
    }
    state = seed[0];
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t page = number_next(&state) % pages;
        volatile uint64_t *word = (volatile uint64_t *)(first + page * PAGE_SIZE);

        if (word[0] != (page * seed[0] | 1) || word[511] != word[0])
            report(page, 3);
        sum = sum * 31 + (state ^ seed[0]);
    }
    report(sum, 0);
}
