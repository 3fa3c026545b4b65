/* What wait says of processes that exit, are killed while they run or sleep, or fault; and kill's
 * results. */
#include "kernel/types.h"
#include "user/user.h"

static int
status_of(int pid)
{
    int status = 99;

    if (wait(&status) != pid)
        printf("another pid\n");
    return status;
}

int
main(void)
{
    int pid, status;

    if ((pid = fork()) == 0)
        exit(-3);
    pause(2); /* most likely it has ended: kill of one that is waited for succeeds all the same */
    printf("%d %d\n", kill(pid), status_of(pid));
    printf("%d\n", kill(pid));
    if ((pid = fork()) == 0)
        for (;;)
            ;
    printf("%d %d\n", kill(pid), status_of(pid));
    if ((pid = fork()) == 0)
        pause(1000);
    printf("%d %d\n", kill(pid), status_of(pid));
    if ((pid = fork()) == 0)
        *(volatile int *)0 = 1;
    printf("%d\n", status_of(pid));
    if ((pid = fork()) == 0)
        exit(5);
    printf("%d %d\n", wait((int *)~0UL), status_of(pid));
    printf("%d %d %d\n", wait(&status), kill(0), kill(-1));
    exit(0);
}
