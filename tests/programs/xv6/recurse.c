/* A recursion without an end runs out of stack, and the process is killed. */
#include "kernel/types.h"
#include "user/user.h"

void
down(int n)
{
    down(n + 1);
}

int
main(void)
{
    int status;

    if (fork() == 0) {
        down(0);
        exit(7);
    }
    wait(&status);
    printf("status %d\n", status);
    exit(0);
}
