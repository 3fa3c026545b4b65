/* fptest: floating point in many processes at once keeps its values. For tests. */
#include "user/user.h"

#define CHILDREN 4
#define ROUNDS   300000

static int
compute(int seed)
{
    volatile int rounds = ROUNDS;
    double sum = seed, step = 1.0 / 1024;

    for (int i = 0; i < rounds; i++)
        sum += step;
    return sum == seed + ROUNDS / 1024.0;
}

int
main(void)
{
    int status, bad = 0;

    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0)
            exit(!compute(i + 1));
    bad |= !compute(100);
    for (int i = 0; i < CHILDREN; i++)
        bad |= wait(&status) < 0 || status != 0;
    printf("fptest: %s\n", bad ? "wrong" : "ok");
    return bad;
}
