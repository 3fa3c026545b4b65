/* The VMM's answers to arguments that break the promise of their kind. */
#include "guest.h"

#define RAM_END (DUET_RAM_BASE + (64ULL << 20)) /* run with --memory=64M */

static uint64_t
raw(uint64_t call, uint64_t a0, uint64_t a1)
{
    const uint64_t arg[6] = {a0, a1, 0, 0, 0, 0};

    return (uint64_t)duet_ecall(DUET_SBI_EXT, call, arg).error;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static const uint64_t bad[][2] = {
        {0, 1},
        {DUET_RAM_BASE - 1, 1},
        {RAM_END, 1},
        {RAM_END - 1, 2},
        {DUET_RAM_BASE, RAM_END - DUET_RAM_BASE + 1},
        {DUET_RAM_BASE, ~0ULL},
        {RAM_END - 16, ~0ULL - 8}, /* wraps back into RAM */
        {~0ULL, 1},
        {~0ULL, ~0ULL},
        {PAGE_SIZE, 4},
    };

    (void)hart, (void)fdt;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(raw(DUET_CALL_console_write, bad[i][0], bad[i][1]) ==
              (uint64_t)SBI_ERR_INVALID_ADDRESS);
        CHECK(raw(DUET_CALL_entropy, bad[i][0], bad[i][1]) == (uint64_t)SBI_ERR_INVALID_ADDRESS);
        CHECK(raw(DUET_CALL_console_read, bad[i][0], bad[i][1]) ==
              (uint64_t)SBI_ERR_INVALID_ADDRESS);
    }
    CHECK(raw(DUET_CALL_console_write, ~0ULL, 0) == 0);
    CHECK(raw(DUET_CALL_entropy, RAM_END - 1, 1) == 0);
    CHECK(raw(DUET_CALL_event_select, 1ULL << 63, 0) == (uint64_t)SBI_ERR_INVALID_PARAM);
    CHECK(duet_guest_log(DUET_LOG_LEVELS, "", 0).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_power_off(126).error == SBI_ERR_INVALID_PARAM);
    CHECK(duet_power_off(~0ULL).error == SBI_ERR_INVALID_PARAM);
    CHECK(raw(DUET_CALLS, 0, 0) == (uint64_t)SBI_ERR_NOT_SUPPORTED);
    CHECK(raw(~0ULL, 0, 0) == (uint64_t)SBI_ERR_NOT_SUPPORTED);
    CHECK(duet_guest_panic("", 0, "x", 1).error == SBI_ERR_INVALID_PARAM);
    duet_power_off(0);
}
