/* uptime: how long the system runs. */
#include "kernel/param.h"
#include "user/user.h"

int
main(void)
{
    int ticks = uptime();

    printf("up %d.%d s\n", ticks / TICKS_HZ, ticks % TICKS_HZ);
    return 0;
}
