/* Writes to 768 KiB, a word in each page, over and over, with a dot for each time: whoever copies
 * it is never done. It ends when it finds that it was moved, with status 0 if each page has what it
 * should. */
#include "guest.h"

#define PAGES 192

static _Alignas(PAGE_SIZE) volatile uint64_t area[PAGES][PAGE_SIZE / 8];

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const uint64_t generation = duet_generation().value;

    (void)hart, (void)fdt;
    put("writes\n");
    for (uint64_t round = 1;; round++) {
        for (uint64_t i = 0; i < PAGES; i++) {
            CHECK(area[i][i % 512] == round - 1);
            area[i][i % 512] = round;
        }
        put(".");
        if (duet_generation().value != generation) {
            put("moved\n");
            duet_power_off(0);
        }
    }
}
