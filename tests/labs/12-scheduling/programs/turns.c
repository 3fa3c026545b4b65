/* Lab 12: a program that the checks run in toyos, `turns MS KIND...`: a process for each KIND, all
 * at once for MS milliseconds. Each tells the grader's duet again and again that it runs:
 * hypernull(1) has it look at the page that says which process this is.
 *
 *     busy      computes
 *     yield     gives the hart away each time
 *     rest:N    sleeps for N milliseconds each time
 *     once:N    sleeps for N milliseconds, once
 *
 * Its label is its place among the kinds, from 1, and above 32 bits its pid. */
#include "user/toyos.h"

#define PAGE  4096
#define MS    1000000ul
#define QUICK 20000 /* rounds of a loop: a fraction of a millisecond */

static uint64
now(void)
{
    uint64 ns;

    clock(CLOCK_MONOTONIC, &ns);
    return ns;
}

static void
compute(void)
{
    for (volatile uint i = 0; i < QUICK; i++)
        ;
}

static void
run(const char *kind, uint64 end)
{
    const char *number = strchr(kind, ':');
    uint64 rest = number ? (uint64)atoi(number + 1) * MS : 0;

    hypernull(1);
    if (kind[0] == 'o') {
        nanosleep(rest);
        hypernull(1);
        return;
    }
    while (now() < end) {
        hypernull(1);
        if (kind[0] == 'y')
            yield();
        else if (rest)
            nanosleep(rest);
        else
            compute();
    }
}

int
main(int argc, char **argv)
{
    uint64 *label = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64 end = now() + (uint64)atoi(argv[1]) * MS;

    for (int i = 2; i < argc; i++) {
        if (fork() == 0) {
            *label = (uint64)getpid() << 32 | (uint64)(i - 1);
            run(argv[i], end);
            exit(0);
        }
    }
    while (wait(0) > 0)
        ;
    return 0;
}
