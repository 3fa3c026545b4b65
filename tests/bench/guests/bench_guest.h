/*
 * What the guests that are measured share. Output and the end go by SBI calls, which every VMM
 * serves. What is measured is duet's hypercall; built with BENCH_SBI, for other VMMs, it is the
 * nearest that there is: a debug console call, which they have to serve in user space as well.
 */
#ifndef DUET_TESTS_BENCH_GUEST_H
#define DUET_TESTS_BENCH_GUEST_H

#include "bench.h"
#include "tests/guest/programs/guest.h"

static inline void
print_bytes(const void *text, uint64_t len)
{
    sbi_call(SBI_DBCN, SBI_DBCN_WRITE, len, (uint64_t)text, 0);
}

/* Prints "TICKS ROUNDS", and ends the machine. */
static inline void
report(uint64_t ticks, uint64_t rounds)
{
    char line[48];
    char *at = line + sizeof(line);

    *--at = '\n';
    for (unsigned number = 0; number < 2; number++) {
        uint64_t rest = number == 0 ? rounds : ticks;

        do
            *--at = (char)('0' + rest % 10);
        while (rest /= 10);
        if (number == 0)
            *--at = ' ';
    }
    print_bytes(at, (uint64_t)(line + sizeof(line) - at));
    sbi_call(SBI_SRST, SBI_SRST_RESET, SBI_SRST_SHUTDOWN, SBI_SRST_REASON_NONE, 0);
}

#ifdef BENCH_SBI
#define DUET_OR_SBI(duet, sbi) sbi
#else
#define DUET_OR_SBI(duet, sbi) duet
#endif

/* Times `rounds` of `statement`, after as many to warm up: ticks of the guest's clock. */
#define TICKS_OF(rounds, statement)                                                                \
    __extension__({                                                                                \
        uint64_t before_ = 0, after_ = 0;                                                          \
        for (unsigned turn_ = 0; turn_ < 2; turn_++) {                                             \
            before_ = csr_read(time);                                                              \
            for (unsigned i_ = 0; i_ < (rounds); i_++)                                             \
                statement;                                                                         \
            after_ = csr_read(time);                                                               \
        }                                                                                          \
        after_ - before_;                                                                          \
    })

#endif
