/* fork, exit, wait, kill, and time. */
#include "usertests.h"

static void
fork_until_full(void)
{
    int n = 0, status;

    for (;; n++) {
        int pid = fork();
        if (pid < 0)
            break;
        check(n < 1000);
        if (pid == 0)
            exit(n);
    }
    check(errno == EAGAIN && n >= NPROC / 2 && n < NPROC);
    while (n-- > 0)
        check(wait(&status) > 0);
    check(wait(&status) == -1 && errno == ECHILD);
}

static void
exit_status(void)
{
    static const int all[] = {0, 1, -1, 255, 256, -1234567, 0x7fffffff, (int)0x80000000};

    for (uint i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        int status, pid = fork();
        if (pid == 0)
            exit(all[i]);
        check(wait(&status) == pid && status == all[i]);
    }
    if (fork() == 0)
        exit(1);
    check(wait(0) > 0);
}

static void
exit_and_wait(void)
{
    for (int i = 0; i < 200; i++) {
        int status, pid = fork();
        if (pid == 0)
            exit(i);
        check(wait(&status) == pid && status == i);
    }
}

static void
spin(void)
{
    for (;;)
        ;
}

static void
sleep_long(void)
{
    pause(1000);
}

static void
sleep_short(void)
{
    pause(10);
}

static int pipe_ends[2];

static void
read_pipe(void)
{
    char byte;

    read(pipe_ends[0], &byte, 1);
}

static void
fill_pipe(void)
{
    for (;;)
        write(pipe_ends[1], "x", 1);
}

static void
wait_for_child(void)
{
    start_child(sleep_short);
    wait(0);
}

static void
kill_all_kinds(void)
{
    static void (*const kinds[])(void) = {spin, sleep_long, read_pipe, fill_pipe, wait_for_child};

    check(pipe(pipe_ends) == 0);
    for (uint i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (int ticks = 0; ticks < 2; ticks++) { /* at once, and in the middle of it */
            int status, pid = start_child(kinds[i]);
            pause(ticks);
            check(kill(pid) == 0);
            check(wait(&status) == pid && status == KILLED);
        }
    }
}

static void
kill_nobody(void)
{
    int pid = fork();

    if (pid == 0)
        exit(0);
    check(wait(0) == pid);
    check(kill(pid) == -1 && errno == ESRCH);
    check(kill(0) == -1 && kill(-1) == -1 && kill(1 << 30) == -1);
    check(kill(1) == -1); /* the first process */
}

static void
kill_zombie(void)
{
    int status, pid = fork();

    if (pid == 0)
        exit(5);
    pause(1);
    check(kill(pid) == 0);
    check(wait(&status) == pid && status == 5);
}

static void
leave_orphans(void)
{
    for (int i = 0; i < 3; i++) {
        int pid = fork();
        check(pid >= 0);
        if (pid == 0) {
            yield();
            exit(0);
        }
    }
}

static void
orphans(void)
{
    for (int i = 0; i < 60; i++)
        check(status_of(leave_orphans) == 0);
    check(wait(0) == -1); /* they went to the first process */
}

static void
end_soon(void)
{
    yield();
}

static void
two_of_each(void)
{
    for (int i = 0; i < 100; i++) {
        int one = start_child(end_soon), two;
        two = start_child(sleep_long);
        check(kill(two) == 0 && wait(0) > 0 && wait(0) > 0);
        check(one != two);
    }
}

static void
fork_and_fork(void)
{
    for (int i = 0; i < 2; i++) {
        int pid = fork();
        check(pid >= 0);
        if (pid == 0) {
            for (int j = 0; j < 100; j++) {
                pid = fork();
                check(pid >= 0);
                if (pid == 0)
                    exit(0);
                check(wait(0) == pid);
            }
            exit(0);
        }
    }
    for (int i = 0; i < 2; i++) {
        int status;
        check(wait(&status) > 0 && status == 0);
    }
}

/* Processes that fork as fast as they can, until the pipe that they hold has no reader. */
static void
storm(void)
{
    int fd[2], pid;

    check(pipe(fd) == 0);
    pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        close(fd[0]);
        for (;;) {
            if (write(fd[1], "x", 1) != 1)
                exit(0);
            if (fork() < 0)
                yield();
        }
    }
    close(fd[1]);
    for (int i = 0; i < 300; i++) {
        char byte;
        check(read(fd[0], &byte, 1) == 1);
    }
    close(fd[0]);
    check(wait(0) == pid);
    for (int i = 0; i < 20; i++) { /* until all of them have seen it */
        pid = fork();
        if (pid == 0)
            exit(0);
        if (pid > 0)
            check(wait(0) == pid);
        pause(1);
    }
    check(pid > 0);
}

/* Others run although three never give up their hart. */
static void
preempt(void)
{
    int pids[3], fd[2];
    char byte;

    check(pipe(fd) == 0);
    for (int i = 0; i < 3; i++)
        pids[i] = start_child(spin);
    for (int i = 0; i < 20; i++) {
        if (fork() == 0) {
            write(fd[1], "x", 1);
            exit(0);
        }
        check(read(fd[0], &byte, 1) == 1 && wait(0) > 0);
    }
    for (int i = 0; i < 3; i++)
        check(kill(pids[i]) == 0 && wait(0) > 0);
}

/* All spinners get their share. */
static void
fairness(void)
{
    volatile uint64 *counts = mmap(0, PGSIZE, PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int pids[8];

    check(counts != MAP_FAILED);
    for (int i = 0; i < 8; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            for (;;)
                counts[i * 8]++;
    }
    pause(10);
    for (int i = 0; i < 8; i++)
        check(kill(pids[i]) == 0 && wait(0) > 0);
    for (int i = 0; i < 8; i++)
        check(counts[i * 8] > 0);
}

static void
time_passes(void)
{
    uint64 before, after, ns = 30000000;
    int ticks = uptime();

    check(pause(2) == 0 && uptime() - ticks >= 2);
    check(pause(0) == 0 && pause(-1) == 0);
    check(clock(CLOCK_MONOTONIC, &before) == 0);
    check(nanosleep(ns) == 0);
    check(clock(CLOCK_MONOTONIC, &after) == 0 && after - before >= ns);
    check(clock(99, &after) == -1 && errno == EINVAL);
}

static void
process_list(void)
{
    int self = 0, pid = start_child(sleep_long), child = 0;
    struct procinfo info;
    struct sysinfo sys;
    uint n = 0;

    for (int i = 0;; i++) {
        int is_there = procinfo(i, &info);
        if (is_there < 0)
            break;
        n += (uint)is_there;
        self |= is_there && info.pid == getpid() && strcmp(info.name, "usertests") == 0;
        child |= is_there && info.pid == pid && info.parent == getpid();
    }
    check(errno == EINVAL && self && child);
    check(sysinfo(&sys) == 0 && sys.processes == n && sys.harts > 0 && sys.page_size == PGSIZE);
    check(sys.free_pages < sys.pages);
    kill(pid);
    wait(0);
}

static void
random_bytes(void)
{
    char one[64] = {0}, two[64] = {0};

    if (getrandom(one, sizeof(one)) < 0) {
        check(errno == ENODEV); /* no source on bare firmware */
        return;
    }
    check(getrandom(two, sizeof(two)) == sizeof(two) && memcmp(one, two, sizeof(one)) != 0);
    check(getrandom((void *)MAXVA, 8) == -1 && errno == EFAULT && getrandom(one, -1) == -1);
}

const struct test process_tests[] = {
    {fork_until_full, "fork_until_full", 0},
    {exit_status, "exit_status", 0},
    {exit_and_wait, "exit_and_wait", 0},
    {kill_all_kinds, "kill_all_kinds", 0},
    {kill_nobody, "kill_nobody", 0},
    {kill_zombie, "kill_zombie", 0},
    {orphans, "orphans", 0},
    {two_of_each, "two_of_each", 0},
    {fork_and_fork, "fork_and_fork", 0},
    {storm, "storm", 0},
    {preempt, "preempt", 0},
    {fairness, "fairness", 0},
    {time_passes, "time_passes", 0},
    {process_list, "process_list", 0},
    {random_bytes, "random_bytes", 0},
    {0},
};
