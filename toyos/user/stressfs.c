/*
 * stressfs [ROUNDS]: processes that create, write, read back, rename, link and delete files, all at
 * once, in a directory that they share. Says what is not as it should be. For tests.
 */
#include "kernel/fcntl.h"
#include "user/files.h"

#define WORKERS 4
#define BLOCK   700 /* bytes of a write: across the blocks of the disk */

static void
fail(int worker, const char *what)
{
    printf("stressfs: worker %d: %s: %s\n", worker, what, strerror(errno));
    exit(1);
}

static void
run_round(int worker, int round)
{
    static char buf[BLOCK];
    char name[] = "/stress/aNN", other[] = "/stress/bNN";
    int fd, writes = 1 + round * 7 % 40;

    name[9] = other[9] = (char)('0' + worker);
    name[10] = other[10] = (char)('0' + round % 10);
    memset(buf, worker * 16 + round % 16, sizeof(buf));
    fd = open(name, O_CREATE | O_RDWR | O_TRUNC);
    if (fd < 0)
        fail(worker, "create");
    for (int i = 0; i < writes; i++)
        if (write(fd, buf, BLOCK) != BLOCK)
            fail(worker, "write");
    if (round % 5 == 0 && fsync(fd) < 0)
        fail(worker, "fsync");
    close(fd);
    if (rename(name, other) < 0 || link(other, name) < 0 || unlink(other) < 0)
        fail(worker, "rename, link, unlink");
    fd = open(name, O_RDONLY);
    if (unlink(name) < 0)
        fail(worker, "unlink");
    for (int i = 0; i < writes; i++) {
        memset(buf, 0, sizeof(buf));
        if (read(fd, buf, BLOCK) != BLOCK)
            fail(worker, "read");
        for (int j = 0; j < BLOCK; j++)
            if (buf[j] != (char)(worker * 16 + round % 16))
                fail(worker, "compare");
    }
    close(fd);
}

int
main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 20, failed = 0, status;

    if (mkdir("/stress") < 0)
        return file_error("stressfs", "/stress");
    for (int worker = 0; worker < WORKERS; worker++) {
        if (fork() == 0) {
            for (int round = 0; round < rounds; round++)
                run_round(worker, round);
            exit(0);
        }
    }
    while (wait(&status) > 0)
        failed |= status;
    if (unlink("/stress") < 0) {
        failed = 1;
        file_error("stressfs", "/stress");
    }
    printf("stressfs: %s\n", failed ? "FAILED" : "ok");
    return failed != 0;
}
