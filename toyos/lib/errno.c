/* errno. */
#include <errno.h>

#include "kernel/riscv.h"
#include "user/toyos.h"

/* usys.S */
long syscall_error(long result);

int *
errno_address(void)
{
    static int alone; /* for threads that were started without a thread pointer */
    int *own = (int *)r_tp();

    return own ? own : &alone;
}

/* A system call stub ends here when the kernel returns -errno. */
long
syscall_error(long result)
{
    errno = (int)-result;
    return -1;
}

void
perror(const char *name)
{
    fprintf(2, "%s: %s\n", name, strerror(errno));
}
