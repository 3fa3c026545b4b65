/* Random hypercalls and SBI calls with random and with edge arguments. Survives only by luck: what
 * counts is that duet does. Ends by power off after a fixed number of rounds. */
#include "guest.h"

#define ROUNDS 20000

static uint64_t state = 88172645463325252;

static uint64_t
random_next(void) /* xorshift64 */
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static uint64_t
argument(void)
{
    static const uint64_t edge[] = {
        0,
        1,
        DUET_RAM_BASE,
        DUET_RAM_BASE - 1,
        DUET_RAM_BASE + (64ULL << 20),
        DUET_RAM_BASE + (64ULL << 20) - 1,
        1ULL << 32,
        1ULL << 63,
        ~0ULL,
        ~0ULL - 4095,
    };

    return random_next() % 4 ? edge[random_next() % (sizeof(edge) / sizeof(edge[0]))]
                             : random_next();
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t call = random_next() % (DUET_CALLS + 2);
        uint64_t ext = random_next() % 8 ? DUET_SBI_EXT : SBI_DBCN;
        uint64_t arg[6];

        for (unsigned a = 0; a < 6; a++)
            arg[a] = argument();
        /* These would end the run, or write all over the guest itself. */
        if (ext == DUET_SBI_EXT && (call == DUET_CALL_power_off || call == DUET_CALL_guest_panic))
            continue;
        if (arg[0] >= DUET_RAM_BASE && arg[0] < DUET_RAM_BASE + (64ULL << 20))
            arg[1] = arg[1] % 3 ? arg[1] | 1ULL << 40 : 0;
        if (ext == SBI_DBCN && arg[0] && arg[0] < 1ULL << 40)
            continue;
        duet_ecall(ext, call, arg);
    }
    duet_power_off(42);
}
