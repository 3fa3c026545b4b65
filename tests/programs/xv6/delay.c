/* A loop that only takes time stays one: it takes ten times as long as a tenth of it. */
#include "kernel/riscv.h"
#include "kernel/types.h"
#include "user/user.h"

static uint64
delay(int rounds)
{
    uint64 start = r_time();
    int x = 0;

    for (int i = 0; i < rounds; i++)
        x += i;
    return r_time() - start;
}

int
main(void)
{
    uint64 shorter = delay(2000000), longer = delay(20000000);

    printf("%s\n", longer > 3 * shorter ? "takes time" : "takes no time");
    exit(0);
}
