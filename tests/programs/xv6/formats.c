/* printf as it was in xv6 until 2023, and as it is since. */
#include "kernel/types.h"
#include "user/user.h"

int
main(void)
{
    uint64 n = 1234567890123UL;

    printf("[%l] [%p] [%l%d] [%l", n, (void *)0x1000, n, 5, n);
    printf("] [%ld] [%lu] [%lx] [%lld] [%p] [%5d] [%x] [%c%s%%]\n", n, n, n, n, (void *)-1, 42,
           0xbeef, 'c', "str");
    exit(0);
}
