/* Pipes. */
#include "usertests.h"

/* Bytes in odd pieces, each as it was written. */
static void
pipe_bytes(void)
{
    static uchar buf[1033];
    int fd[2], n, total = 0, take = 1, status;

    check(pipe(fd) == 0);
    if (fork() == 0) {
        close(fd[0]);
        for (int i = 0; i < 50; i++) {
            for (uint j = 0; j < sizeof(buf); j++)
                buf[j] = (uchar)(total++);
            check(write(fd[1], buf, sizeof(buf)) == sizeof(buf));
        }
        exit(0);
    }
    close(fd[1]);
    while ((n = read(fd[0], buf, take)) > 0) {
        for (int i = 0; i < n; i++)
            check(buf[i] == (uchar)total++);
        take = take * 2 > (int)sizeof(buf) ? 7 : take * 2;
    }
    check(n == 0 && total == 50 * (int)sizeof(buf));
    check(wait(&status) > 0 && status == 0);
}

static void
pipe_holds(void)
{
    static char buf[PIPESIZE];
    int fd[2];

    check(pipe(fd) == 0 && write(fd[1], buf, PIPESIZE) == PIPESIZE); /* without a reader at work */
    check(read(fd[0], buf, PIPESIZE) == PIPESIZE);
}

static void
pipe_ends(void)
{
    int fd[2];
    char byte;

    check(pipe(fd) == 0 && write(fd[1], "ab", 2) == 2);
    check(write(fd[0], "x", 1) == -1 && read(fd[1], &byte, 1) == -1);
    close(fd[1]);
    check(read(fd[0], &byte, 1) == 1 && byte == 'a');
    check(read(fd[0], &byte, 1) == 1 && byte == 'b');
    check(read(fd[0], &byte, 1) == 0 && read(fd[0], &byte, 1) == 0);
    close(fd[0]);
    check(pipe(fd) == 0);
    close(fd[0]);
    check(write(fd[1], "x", 1) == -1 && errno == EPIPE);
}

/* A writer that waits for room sees that the reader has gone. */
static void
pipe_reader_goes(void)
{
    static char buf[1 << 16];
    int fd[2], status;
    char byte;

    check(pipe(fd) == 0);
    if (fork() == 0) {
        close(fd[0]);
        exit(write(fd[1], buf, sizeof(buf)) == (int)sizeof(buf));
    }
    close(fd[1]);
    check(read(fd[0], &byte, 1) == 1);
    pause(1);
    close(fd[0]);
    check(wait(&status) > 0 && status == 0);
}

static void
pipes_until_full(void)
{
    int n = 0, fd[2];

    while (pipe(fd) == 0)
        n++;
    check(errno == EMFILE && n == (NOFILE - 3) / 2);
    check(dup(0) == NOFILE - 1); /* the one that was too little is not lost */
    check(dup(0) == -1 && errno == EMFILE);
}

static void
dup_shares(void)
{
    int fd[2], other;
    char byte;

    check(pipe(fd) == 0);
    other = dup(fd[1]);
    check(other > fd[1]);
    close(fd[1]);
    check(write(other, "x", 1) == 1 && read(fd[0], &byte, 1) == 1);
    close(other);
    check(read(fd[0], &byte, 1) == 0);
}

const struct test pipe_tests[] = {
    {pipe_bytes, "pipe_bytes", 0},
    {pipe_holds, "pipe_holds", 0},
    {pipe_ends, "pipe_ends", 0},
    {pipe_reader_goes, "pipe_reader_goes", 0},
    {pipes_until_full, "pipes_until_full", 0},
    {dup_shares, "dup_shares", 0},
    {0},
};
