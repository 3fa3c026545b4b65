/* Lab 14: the only program of a disk that the checks make, /init. Its words say what to do to
 * files, whose names are digits: `cF` create, `wF` write, `uF` unlink, `rFG` rename, `s` fsync.
 * Before each one, and at the end, it tells the grader's duet. What is written follows from the
 * first word, in hexadecimal, and the number of the work. */
#include "kernel/fcntl.h"
#include "user/toyos.h"

#define PIECE 64 /* bytes: scattered() in checks.py */

static void
file_write(const char *name, uint64 value)
{
    uint64 data[PIECE / 8];
    int fd = open(name, O_RDWR);

    for (uint i = 0; i < PIECE / 8; i++)
        data[i] = value = value * 6364136223846793005 + 1442695040888963407;
    lseek(fd, (long)(value >> 60) * PIECE, SEEK_SET);
    write(fd, data, PIECE);
    close(fd);
}

static void
work(const char *word, uint64 value)
{
    char name[] = {'/', word[1], 0}, other[] = {'/', word[2], 0};
    int fd;

    switch (word[0]) {
    case 'c':
        close(open(name, O_CREATE | O_RDWR));
        break;
    case 'w':
        file_write(name, value);
        break;
    case 'u':
        unlink(name);
        break;
    case 'r':
        rename(name, other);
        break;
    case 's':
        fd = open("/init", O_RDONLY);
        fsync(fd);
        close(fd);
        break;
    }
}

int
main(int argc, char **argv)
{
    uint64 seed = 0, number = 0;
    char *at = argc > 1 ? argv[1] : "";

    for (; *at && *at != ' '; at++)
        seed = seed * 16 + (uint64)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
    while (*at == ' ') {
        char word[4] = "";
        for (uint i = 0; *++at && *at != ' ';)
            word[i++] = *at;
        hypernull(1);
        work(word, seed + number++);
    }
    hypernull(1);
    poweroff(0);
}
