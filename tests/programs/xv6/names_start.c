/* A function called `start` is one like others: a program begins at main. */
#include "kernel/types.h"
#include "user/user.h"

void
start(void)
{
    printf("start called\n");
    exit(3);
}

int
main(int argc, char **argv)
{
    printf("main, %d arguments, %s\n", argc, argv[1]);
    start();
    exit(0);
}
