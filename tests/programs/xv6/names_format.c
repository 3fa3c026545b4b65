/* Globals with names of the library's own parts: a variable `format`, and a `syscall_error`. */
#include "kernel/types.h"
#include "user/user.h"

char format[] = "value %d\n";
int syscall_error = 7;

int
main(void)
{
    printf("hello\n");
    printf(format, 5);
    printf("%d %d\n", close(99), syscall_error);
    exit(0);
}
