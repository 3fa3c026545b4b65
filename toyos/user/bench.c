/*
 * bench: what the kernel's operations cost, a line each: "NAME COST". COST is in nanoseconds of the
 * time CSR, which are instructions on QEMU with -icount shift=0 and one hart: scripts/run --icount.
 */
#include <string.h>

#include "kernel/fcntl.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "user/toyos.h"

#define NS_PER_TIME 100 /* at QEMU's 10 MHz */
#define MEGABYTE    (1 << 20)

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
run_null(int rounds)
{
    while (rounds-- > 0)
        getpid();
}

/* Start a child that sends back each byte that it gets; to[1] and from[0] are ours. */
static int
start_echo(int to[2], int from[2])
{
    int pid;
    char byte;

    if (pipe(to) < 0 || pipe(from) < 0)
        fail("pipe");
    pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        close(to[1]);
        while (read(to[0], &byte, 1) == 1)
            write(from[1], &byte, 1);
        exit(0);
    }
    close(to[0]);
    close(from[1]);
    return pid;
}

static void
run_pipe(int rounds)
{
    int to[2], from[2];
    char byte = 1;

    start_echo(to, from);
    while (rounds-- > 0)
        if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
            fail("pipe");
    close(to[1]);
    close(from[0]);
    wait(0);
}

/* The reader takes all that there is; the cost is that of a block, from one to the other. */
static void
run_pipe_4096(int rounds)
{
    static char block[4096];
    long left = (long)rounds * (long)sizeof(block);
    int fd[2];

    if (pipe(fd) < 0)
        fail("pipe");
    if (fork() == 0) {
        close(fd[0]);
        while (rounds-- > 0)
            if (write(fd[1], block, sizeof(block)) != sizeof(block))
                exit(1);
        exit(0);
    }
    close(fd[1]);
    while (left > 0) {
        int n = read(fd[0], block, sizeof(block));
        if (n <= 0)
            fail("read");
        left -= n;
    }
    close(fd[0]);
    wait(0);
}

static void
run_fork(int rounds)
{
    while (rounds-- > 0) {
        int pid = fork();
        if (pid < 0)
            fail("fork");
        if (pid == 0)
            exit(0);
        wait(0);
    }
}

static void
run_fork_1mb(int rounds)
{
    char *heap = sbrk(MEGABYTE);

    if (heap == SBRK_ERROR)
        fail("sbrk");
    memset(heap, 1, MEGABYTE);
    run_fork(rounds);
    sbrk(-MEGABYTE);
}

static void
run_fork_exec(int rounds)
{
    char name[] = "true";
    char *argv[] = {name, 0};

    while (rounds-- > 0) {
        int pid = fork();
        if (pid < 0)
            fail("fork");
        if (pid == 0) {
            exec("/true", argv);
            fail("/true");
        }
        wait(0);
    }
}

static void
run_stat(int rounds)
{
    struct stat st;

    while (rounds-- > 0)
        if (stat("/README", &st) < 0)
            fail("/README");
}

/* 64 KB that are in the buffer cache. */
static void
run_read_64k(int rounds)
{
    static char block[4096];
    int fd = open("/bench.tmp", O_CREATE | O_WRONLY | O_TRUNC);

    for (int i = 0; i < 16; i++)
        if (write(fd, block, sizeof(block)) != sizeof(block))
            fail("/bench.tmp");
    close(fd);
    while (rounds-- > 0) {
        fd = open("/bench.tmp", O_RDONLY);
        for (int i = 0; i < 16; i++)
            if (read(fd, block, sizeof(block)) != sizeof(block))
                fail("/bench.tmp");
        close(fd);
    }
    unlink("/bench.tmp");
}

static void
run_create_unlink(int rounds)
{
    static char block[1024];

    while (rounds-- > 0) {
        int fd = open("/bench.tmp", O_CREATE | O_WRONLY);
        if (write(fd, block, sizeof(block)) != sizeof(block) || close(fd) < 0 ||
            unlink("/bench.tmp") < 0)
            fail("/bench.tmp");
    }
}

static void
run_hypercall(int rounds)
{
    hypernull(rounds);
}

static const struct {
    const char *name;
    void (*run)(int rounds);
    int rounds;
} operations[] = {
    {"null", run_null, 10000},
    {"pipe_round_trip", run_pipe, 2000},
    {"pipe_4096", run_pipe_4096, 500},
    {"fork_exit_wait", run_fork, 300},
    {"fork_exit_wait_1mb", run_fork_1mb, 300},
    {"fork_exec_wait", run_fork_exec, 200},
    {"stat", run_stat, 1000},
    {"read_64k", run_read_64k, 100},
    {"create_write_unlink", run_create_unlink, 500},
    {"hypercall", run_hypercall, 1000},
};

/* The time of a round: the middle one of three counts, for what the host does meanwhile is in one.
 */
static uint64
measure(void (*run)(int rounds), int rounds)
{
    uint64 count[3], least, most;

    run(rounds / 10 + 1); /* warm up */
    for (int i = 0; i < 3; i++) {
        uint64 start = r_time();
        run(rounds);
        count[i] = r_time() - start;
    }
    least = most = count[0];
    for (int i = 1; i < 3; i++) {
        least = count[i] < least ? count[i] : least;
        most = count[i] > most ? count[i] : most;
    }
    return (count[0] + count[1] + count[2] - least - most) * NS_PER_TIME / (uint64)rounds;
}

int
main(int argc, char **argv)
{
    struct sysinfo info;

    if (argc == 1 && sysinfo(&info) == 0) /* from the kernel's start, by init and sh, to here */
        printf("boot %ld\n", info.uptime_ns);
    for (uint i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        if (argc == 1 || strcmp(argv[1], operations[i].name) == 0)
            printf("%s %ld\n", operations[i].name,
                   measure(operations[i].run, operations[i].rounds));
    return 0;
}
