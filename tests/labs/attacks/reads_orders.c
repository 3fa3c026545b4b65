//@ why It looks for files that were left open to it, such as that by which its run is stopped. If there is one it ends.
//@ append vmm/call/hc_scramble.c
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    for (int fd = 3; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            _exit(99);
}
