/* The guest for the bell (bell.c): it uses the hypercall, the event and the node in the device
 * tree. */
#include "guest.h"

/* Whether the device tree has the text anywhere. */
static int
tree_has(const unsigned char *fdt, const char *text, unsigned len)
{
    unsigned size =
        (unsigned)fdt[4] << 24 | (unsigned)fdt[5] << 16 | (unsigned)fdt[6] << 8 | fdt[7];

    for (unsigned at = 0; at + len <= size; at++) {
        unsigned same = 0;

        while (same < len && fdt[at + same] == (unsigned char)text[same])
            same++;
        if (same == len)
            return 1;
    }
    return 0;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart;
    CHECK(tree_has((const unsigned char *)fdt, "duet,bell", 10));
    CHECK(duet_event_select(DUET_EVENT_BELL).value == 0);
    CHECK(duet_bell_ring(3).value == 3);
    CHECK(duet_event_select(DUET_EVENT_BELL).value == DUET_EVENT_BELL);
    CHECK(duet_bell_ring(2).value == 5);
    CHECK(duet_bell_ring(0).value == 5);
    CHECK(duet_event_select(DUET_EVENT_BELL).value == 0);
    duet_power_off(12);
}
