/*
 * fsstorm: writes files for ever, and says of each when it is on the disk for good: a line with its
 * number. fsstorm check N: after the power was cut, N being the last number that was seen: are all
 * files there, whole, and none older than was promised? For tests.
 *
 * File number n goes to place n % PLACES: written under another name, renamed over the one before.
 * Its length and contents follow from n. Meanwhile other processes make and remove files beside it.
 */
#include "kernel/fcntl.h"
#include "user/toyos.h"

#define PLACES 12
#define NOISE  2 /* processes beside */

static uint words[3000];

static uint
words_of(uint n)
{
    return 2 + n * 397 % 2900;
}

static void
place_of(char *path, uint n)
{
    strcpy(path, "/storm/p00");
    path[8] = (char)('0' + n % PLACES / 10);
    path[9] = (char)('0' + n % PLACES % 10);
}

static void
fail(const char *what, uint n)
{
    printf("fsstorm: %s %u: %s\n", what, n, strerror(errno));
    exit(1);
}

static void
write_file(uint n)
{
    char path[16];
    int len = (int)(words_of(n) * sizeof(words[0]));
    int fd = open("/storm/new", O_CREATE | O_WRONLY | O_TRUNC);

    for (uint i = 0; i < words_of(n); i++)
        words[i] = n + i;
    if (fd < 0 || write(fd, words, len) != len)
        fail("write", n);
    place_of(path, n);
    if (rename("/storm/new", path) < 0)
        fail("rename", n);
    if (fsync(fd) < 0)
        fail("fsync", n);
    close(fd);
    printf("%u\n", n);
}

static void
make_noise(uint which)
{
    char path[] = "/storm/n000";

    path[8] = (char)('0' + which);
    for (uint n = 0;; n++) {
        int fd;
        path[9] = (char)('0' + n / 7 % 10);
        path[10] = (char)('0' + n % 10);
        unlink(path);
        fd = open(path, O_CREATE | O_WRONLY);
        if (fd < 0 || write(fd, words, (int)(n * 211 % 9000)) < 0)
            fail("noise", n);
        close(fd);
    }
}

/* The number that place `place` has; 0: none; and it must be whole. */
static uint
read_place(uint place)
{
    char path[16];
    int fd, len;

    place_of(path, place);
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return 0;
    len = read(fd, words, sizeof(words));
    close(fd);
    if (len < 8 || (uint)len != words_of(words[0]) * sizeof(words[0]) || words[0] % PLACES != place)
        fail("wrong length or place of", place);
    for (uint i = 0; i < (uint)len / sizeof(words[0]); i++)
        if (words[i] != words[0] + i)
            fail("wrong contents of", place);
    return words[0];
}

static uint
newest(void)
{
    uint n = 0;

    for (uint place = 0; place < PLACES; place++) {
        uint found = read_place(place);
        n = found > n ? found : n;
    }
    return n;
}

/* The files of last - PLACES + 1 to last were all seen; a place may have a later one. */
static int
check(uint last)
{
    for (uint n = last; n > 0 && n + PLACES > last; n--)
        if (read_place(n % PLACES) < n)
            fail("lost", n);
    return 0;
}

int
main(int argc, char **argv)
{
    uint n;

    mkdir("/storm"); /* or it is there, from before the power was cut */
    if (argc == 3 && strcmp(argv[1], "check") == 0)
        return check((uint)atoi(argv[2]));
    n = newest();
    for (uint i = 0; i < NOISE; i++)
        if (fork() == 0)
            make_noise(i);
    for (;;)
        write_file(++n);
}
