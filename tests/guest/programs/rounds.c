/* For the debugger: loops that are one line of source each, for gdb's `next`. */
#include "guest.h"

#define ROUNDS      1000000
#define CALL_ROUNDS 50

/* A line of source that takes many rounds. */
#define REPEAT(count, statement)                                                                   \
    for (uint64_t i = 0; i < (count); i++)                                                         \
    statement

/* The same, until a debugger writes to a variable. */
#define WAIT(statement)                                                                            \
    while (!enough)                                                                                \
    statement

volatile uint64_t sum, enough;

/* A function to stop at. */
__attribute__((noinline)) static void
add(uint64_t n)
{
    sum += n;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    (void)hart, (void)fdt;
    add(1);
    REPEAT(ROUNDS, sum += i);
    add(2);
    REPEAT(CALL_ROUNDS, add(i));
    sum += 3;
    WAIT(sum++);
    sum = ROUNDS;
    duet_power_off(5);
}
