/* Counts its own calls on all harts, and compares the counts with the VMM's. */
#include "guest.h"

#define NULLS 100 /* by each hart */

extern char _start[];
static volatile uint64_t done;

static struct duet_call_stats
stats_of(uint64_t call)
{
    struct duet_call_stats stats = {~0ULL, ~0ULL, ~0ULL};

    CHECK(duet_call_stats(call, &stats, sizeof(stats)).value == sizeof(stats));
    return stats;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    struct duet_call_stats stats;
    uint64_t harts = 1;
    char bytes[24];

    (void)fdt;
    for (unsigned i = 0; i < NULLS; i++)
        duet_null();
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
    if (hart != 0)
        sbi_call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0);
    while (sbi_call(SBI_HSM, SBI_HSM_START, harts, (uint64_t)_start, 0).error == 0)
        harts++;
    while (done < harts)
        __asm__ volatile("fence");

    stats = stats_of(DUET_CALL_null);
    CHECK(stats.count == harts * NULLS && stats.errors == 0 && stats.bytes == 0);
    stats = stats_of(DUET_CALL_entropy);
    CHECK(stats.count == 0 && stats.errors == 0 && stats.bytes == 0);

    /* Bytes that are filled and read are counted; a refused call counts as an error. */
    CHECK(duet_entropy(bytes, 5).error == 0);
    CHECK(duet_entropy(bytes, 3).error == 0);
    CHECK(duet_entropy((void *)1, 1).error == SBI_ERR_INVALID_ADDRESS);
    stats = stats_of(DUET_CALL_entropy);
    CHECK(stats.count == 3 && stats.errors == 1 && stats.bytes == 8);
    put("four");
    put("\n");
    stats = stats_of(DUET_CALL_console_write);
    CHECK(stats.count == 2 && stats.errors == 0 && stats.bytes == 5);

    /* The counts of its own calls, except for the asking call itself, and only a part of the
     * struct. */
    stats = stats_of(DUET_CALL_call_stats);
    CHECK(stats.count == 4 && stats.errors == 0 && stats.bytes == 4 * sizeof(stats));
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = 'x';
    CHECK(duet_call_stats(DUET_CALL_null, bytes, 4).value == 4);
    CHECK(bytes[0] == (char)(harts * NULLS) && bytes[4] == 'x');
    CHECK(duet_call_stats(DUET_CALL_null, bytes, 0).value == 0);
    CHECK(duet_call_stats(DUET_CALLS, &stats, sizeof(stats)).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_call_stats(~0ULL, &stats, sizeof(stats)).error == SBI_ERR_INVALID_PARAM);
    CHECK(stats_of(DUET_CALL_call_stats).errors == 2);
    duet_power_off((uint64_t)harts);
}
