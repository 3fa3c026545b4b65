/* systest: what the system calls promise, bad use included. Prints what breaks. For tests. */
#include "kernel/fcntl.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "user/toyos.h"

#define MAXVA (1UL << 38)

static int failures;

static void
check(int is_good, const char *what)
{
    if (is_good)
        return;
    printf("systest: %s\n", what);
    failures++;
}

static void
test_pointers(void)
{
    static const unsigned long bad[] = {
        0x4000000, MAXVA - 8, MAXVA - 1, MAXVA, 0x80200000, 0xffffffc080200000, -8UL, -1UL,
    };
    int fd[2];

    check(pipe(fd) == 0, "pipe");
    for (uint i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        void *p = (void *)bad[i];
        int file = open("/sh", O_RDONLY);
        check(write(1, p, 16) == -1, "write from a bad pointer");
        check(write(fd[1], p, 16) == -1, "write to a pipe from a bad pointer");
        check(read(file, p, 16) == -1, "read to a bad pointer");
        check(open(p, O_RDONLY) == -1, "open of a bad pointer");
        check(exec(p, 0) == -1, "exec of a bad pointer");
        check(exec("/echo", p) == -1, "exec with a bad argv");
        check(exec("/echo", (char *[]){p, 0}) == -1, "exec with a bad argument");
        check(pipe(p) == -1, "pipe to a bad pointer");
        check(fstat(file, p) == -1, "fstat to a bad pointer");
        close(file);
    }
    check(read(open("/sh", O_RDONLY), 0, 16) == -1, "read to the text");
    close(fd[0]);
    check(write(fd[1], fd, 1) == -1, "write to a pipe that nobody reads");
    close(fd[1]);
    check(read(99, fd, 1) == -1 && write(-1, fd, 1) == -1 && close(16) == -1, "bad descriptors");
}

/* All the memory there is, in pages; each is written to. */
static int
count_memory(void)
{
    int status, fd[2], n = 0;
    char byte;

    if (pipe(fd) < 0)
        return -1;
    if (fork() == 0) {
        char *p;
        while ((p = sbrk(4096)) != (char *)-1) {
            *p = 1;
            n++;
        }
        write(fd[1], &n, sizeof(n));
        exit(0);
    }
    close(fd[1]);
    if (read(fd[0], &n, sizeof(n)) != sizeof(n) || read(fd[0], &byte, 1) != 0)
        n = -1;
    close(fd[0]);
    wait(&status);
    return n;
}

static void
test_fork(void)
{
    int n = 0, status;

    for (;; n++) {
        int pid = fork();
        if (pid < 0)
            break;
        if (pid == 0)
            exit(n);
    }
    check(n > NPROC / 2 && n < NPROC, "fork until the table is full");
    while (n-- > 0)
        check(wait(&status) > 0, "wait");
    check(wait(&status) == -1, "wait without children");
    if (fork() == 0)
        exit(-1234567);
    check(wait(&status) > 0 && status == -1234567, "a whole int of status");
}

static void
test_kill(void)
{
    int fd[2], status;

    pipe(fd);
    for (int kind = 0; kind < 3; kind++) {
        int pid = fork();
        if (pid == 0) {
            char c;
            if (kind == 0)
                read(fd[0], &c, 1);
            if (kind == 1)
                pause(1000);
            for (;;)
                ;
        }
        pause(1);
        check(kill(pid) == 0 && wait(&status) == pid && status == -1, "kill");
    }
    check(kill(99999) == -1 && kill(0) == -1 && kill(-1) == -1 && kill(1) == -1, "kill of nobody");
    close(fd[0]);
    close(fd[1]);
}

static void
test_pipe(void)
{
    static unsigned char buf[1000];
    int fd[2], n, total = 0, is_good = 1, status;

    pipe(fd);
    if (fork() == 0) {
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 1000; j++)
                buf[j] = (unsigned char)(i * 1000 + j);
            if (write(fd[1], buf, 1000) != 1000)
                exit(1);
        }
        exit(0);
    }
    close(fd[1]);
    while ((n = read(fd[0], buf, 77)) > 0)
        for (int i = 0; i < n; i++)
            is_good &= buf[i] == (unsigned char)total++;
    close(fd[0]);
    check(total == 100000 && is_good && wait(&status) > 0 && status == 0, "bytes through a pipe");
}

static void
test_memory(void)
{
    char *old = sbrk(0), *blocks[50];

    check(sbrk(-(int)(unsigned long)old - 4096) == old && sbrk(0) == old, "sbrk below 0");
    errno = 0;
    check(wait(0) == -1 && errno == ECHILD, "errno");
    check(sbrk(10000) == old && sbrk(0) == old + 10000 && old[9999] == 0, "sbrk");
    check(sbrk(-10000) == old + 10000 && sbrk(0) == old, "sbrk back");
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 50; i++) {
            blocks[i] = malloc((uint)(i * 97 + 1));
            memset(blocks[i], i, (uint)(i * 97 + 1));
        }
        for (int i = 0; i < 50; i++)
            check(blocks[i][i * 97] == i, "malloc");
        for (int i = 0; i < 50; i++)
            free(blocks[i * 7 % 50]);
    }
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"pointers", test_pointers}, {"fork", test_fork},     {"kill", test_kill},
    {"pipe", test_pipe},         {"memory", test_memory},
};

#define TESTS (sizeof(tests) / sizeof(tests[0]))

/* All tests, or the one that is named. */
int
main(int argc, char **argv)
{
    int start = uptime(), before = 0;

    for (int round = 0; round < 3; round++) {
        for (uint i = 0; i < TESTS; i++)
            if (argc < 2 || strcmp(argv[1], tests[i].name) == 0)
                tests[i].run();
        if (round == 0) /* malloc has got its heap, which it keeps */
            before = count_memory();
    }
    check(before > 100 && count_memory() == before, "pages have leaked");
    pause(2);
    check(uptime() - start >= 2, "uptime");
    printf("systest: %s\n", failures ? "FAILED" : "ok");
    return failures != 0;
}
