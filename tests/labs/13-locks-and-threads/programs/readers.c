/* Lab 13: the only program of a slow disk, /init: processes that read the file /data, all at once,
 * and each the next piece. The sum of what each has read goes to the file /sum. */
#include "kernel/fcntl.h"
#include "user/toyos.h"

#define PIECE 4096

static void
sum(int fd, int to)
{
    static uint64 data[PIECE / 8];
    uint64 sums = 0;
    int count;

    while ((count = read(fd, data, PIECE)) > 0)
        for (int i = 0; i < count / 8; i++)
            sums += data[i];
    write(to, &sums, 8);
}

int
main(int argc, char **argv)
{
    int readers = atoi(argc > 1 ? argv[1] : "1");
    int fd = open("/data", O_RDONLY), to = open("/sum", O_CREATE | O_RDWR | O_APPEND);

    hypernull(1);
    for (int i = 0; i < readers; i++) {
        if (fork() == 0) {
            sum(fd, to);
            exit(0);
        }
    }
    while (wait(0) > 0)
        ;
    hypernull(1);
    poweroff(0);
}
