/* exec. */
#include "usertests.h"

static char name[] = "echo";

/* What a program with these arguments writes; it has to end with 0. */
static int
output_of(const char *path, char **argv, char *buf, int size)
{
    int fd[2], pid, status, n, len = 0;

    check(pipe(fd) == 0);
    pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        close(1);
        dup(fd[1]);
        close(fd[0]);
        close(fd[1]);
        exec(path, argv);
        exit(99);
    }
    close(fd[1]);
    while ((n = read(fd[0], buf + len, size - len)) > 0)
        len += n;
    close(fd[0]);
    check(wait(&status) == pid && status == 0);
    return len;
}

static void
exec_arguments(void)
{
    char one[] = "one", empty[] = "", two[] = "two words", buf[64];
    char *argv[] = {name, one, empty, two, 0};

    check(output_of("/echo", argv, buf, sizeof(buf)) == 15);
    check(memcmp(buf, "one  two words\n", 15) == 0);
    check(output_of("echo", argv, buf, sizeof(buf)) == 15);
}

static void
exec_many_arguments(void)
{
    static char word[11], buf[4096];
    char *argv[EXECARGS + 2];

    memset(word, 'x', sizeof(word) - 1);
    for (int i = 0; i < EXECARGS + 1; i++)
        argv[i] = word;
    argv[0] = name;
    argv[EXECARGS] = 0;
    check(output_of("/echo", argv, buf, sizeof(buf)) == (EXECARGS - 1) * 11);
    argv[EXECARGS] = word;
    argv[EXECARGS + 1] = 0;
    check(exec("/echo", argv) == -1 && errno == E2BIG);
}

static void
exec_long_arguments(void)
{
    static char big[400], huge[2 * PGSIZE];
    char *argv[MAXARG + 1] = {0};

    memset(big, ' ', sizeof(big) - 1);
    memset(huge, ' ', sizeof(huge) - 1);
    for (int i = 0; i < MAXARG - 1; i++)
        argv[i] = big;
    check(exec("/echo", argv) == -1 && errno == E2BIG);
    argv[0] = huge;
    argv[1] = 0;
    check(exec("/echo", argv) == -1 && errno == E2BIG);
}

static void
exec_of_no_program(void)
{
    static char path[2 * MAXPATH];
    char *argv[] = {name, 0};

    check(exec("/no-such-file", argv) == -1 && errno == ENOENT);
    check(exec("/README", argv) == -1 && errno == ENOEXEC);
    check(exec("/", argv) == -1);
    check(exec("/console", argv) == -1);
    check(exec("", argv) == -1);
    memset(path, 'x', sizeof(path) - 1);
    check(exec(path, argv) == -1 && errno == ENAMETOOLONG);
}

/* All that fails does so often, and no page is lost. */
static void
exec_that_fails(void)
{
    char *bad[] = {name, (char *)0xffffffff, 0};
    char *argv[] = {name, 0};
    uint64 before = free_pages();

    for (int i = 0; i < 1000; i++) {
        check(exec("/echo", bad) == -1 && errno == EFAULT);
        check(exec("/README", argv) == -1);
    }
    check(free_pages() == before);
}

/* Too little memory for the new program: the old one goes on. */
static void
exec_without_memory(void)
{
    char *argv[] = {name, 0};
    uint64 before = free_pages();
    char *start_of_heap = sbrk(0);

    while (sbrk(PGSIZE) != SBRK_ERROR)
        ;
    for (int i = 0; i < 4; i++) {
        check(exec("/echo", argv) == -1 && errno == ENOMEM);
        sbrk(-PGSIZE); /* a little further the next time */
    }
    sbrk(-(int)(sbrk(0) - start_of_heap));
    check(free_pages() >= before);
}

static void
exec_keeps_files(void)
{
    char cat[] = "cat", *argv[] = {cat, 0};
    int in[2], out[2], status;
    char buf[8];

    check(pipe(in) == 0 && pipe(out) == 0);
    if (fork() == 0) {
        close(0);
        dup(in[0]);
        close(1);
        dup(out[1]);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        exec("/cat", argv);
        exit(99);
    }
    close(in[0]);
    close(out[1]);
    check(write(in[1], "hello", 5) == 5);
    close(in[1]);
    check(read(out[0], buf, sizeof(buf)) == 5 && memcmp(buf, "hello", 5) == 0);
    check(wait(&status) > 0 && status == 0);
}

const struct test exec_tests[] = {
    {exec_arguments, "exec_arguments", 0},
    {exec_many_arguments, "exec_many_arguments", 0},
    {exec_long_arguments, "exec_long_arguments", 0},
    {exec_of_no_program, "exec_of_no_program", 0},
    {exec_that_fails, "exec_that_fails", 0},
    {exec_without_memory, "exec_without_memory", 1},
    {exec_keeps_files, "exec_keeps_files", 0},
    {0},
};
