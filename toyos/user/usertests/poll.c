/* poll: what is ready, who is woken, and what is not asked properly. */
#include <poll.h>
#include <pthread.h>

#include "usertests.h"

#define POLLERS 8

static int ends[2];

/* What poll says at once of one descriptor; 0 for nothing. */
static int
now(int fd, int events)
{
    struct pollfd p = {.fd = fd, .events = (short)events, .revents = -1};
    int n = poll(&p, 1, 0);

    check(n == (p.revents != 0) && p.fd == fd && p.events == events);
    return p.revents;
}

/* The same when there is something. */
static int
wait_for(int fd, int events)
{
    struct pollfd p = {.fd = fd, .events = (short)events};

    check(poll(&p, 1, -1) == 1);
    return p.revents;
}

static void
poll_pipe(void)
{
    static char bytes[PGSIZE];
    int n;

    check(pipe(ends) == 0);
    check(now(ends[0], POLLIN | POLLOUT) == 0 && now(ends[1], POLLIN | POLLOUT) == POLLOUT);
    check(write(ends[1], "x", 1) == 1);
    check(now(ends[0], POLLIN | POLLOUT) == POLLIN && now(ends[0], POLLOUT) == 0);
    while (now(ends[1], POLLOUT)) /* as much as it says does not wait */
        check(write(ends[1], bytes, PIPESIZE) == PIPESIZE);
    check(wait_for(ends[0], POLLIN) == POLLIN);
    while (!now(ends[1], POLLOUT))
        check((n = read(ends[0], bytes, PIPESIZE)) > 0);
    while (now(ends[0], POLLIN))
        check((n = read(ends[0], bytes, sizeof(bytes))) > 0);
}

static void
poll_hang_up(void)
{
    char byte;

    check(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
    close(ends[1]);
    check(now(ends[0], POLLIN) == (POLLIN | POLLHUP) && read(ends[0], &byte, 1) == 1);
    check(now(ends[0], POLLIN) == POLLHUP && now(ends[0], 0) == POLLHUP);
    check(read(ends[0], &byte, 1) == 0);
    close(ends[0]);
    check(pipe(ends) == 0);
    close(ends[0]);
    check(now(ends[1], 0) == POLLERR);
}

static void
poll_file(void)
{
    int fd = open("/README", O_RDONLY), dir = open("/", O_RDONLY);

    check(now(fd, POLLIN | POLLOUT) == (POLLIN | POLLOUT) && now(dir, POLLIN) == POLLIN);
    check(now(1, POLLOUT) == POLLOUT);
}

static void
poll_timeout(void)
{
    struct pollfd p[2] = {{.events = POLLIN, .revents = POLLIN}, {.fd = -1, .revents = POLLIN}};
    uint64 before, after;

    check(pipe(ends) == 0);
    p[0].fd = ends[0];
    clock(CLOCK_MONOTONIC, &before);
    check(poll(p, 2, 30) == 0 && p[0].revents == 0 && p[1].revents == 0);
    check(poll(0, 0, 20) == 0);
    clock(CLOCK_MONOTONIC, &after);
    check(after - before >= 50000000);
    check(poll(p, 2, 0) == 0);
}

static void
poll_bad_arguments(void)
{
    struct pollfd p[NOFILE + 1] = {{.fd = 0}};

    check(poll(p, NOFILE + 1, 0) == -1 && errno == EINVAL);
    check(poll(p, -1UL, 0) == -1 && errno == EINVAL);
    for (uint i = 0; i < bad_address_count; i++)
        check(poll((struct pollfd *)bad_addresses[i], 1, 0) == -1 && errno == EFAULT);
    check(poll((struct pollfd *)(uint64)poll, 1, 0) == -1 &&
          errno == EFAULT); /* not to be written */
    check(wait_for(NOFILE - 1, POLLIN) == POLLNVAL && wait_for(NOFILE, POLLIN) == POLLNVAL);
    check(wait_for(0x7fffffff, 0) == POLLNVAL && now(-5, POLLIN) == 0);
    check(pipe(ends) == 0);
    close(ends[1]);
    p[0] = (struct pollfd){.fd = ends[1], .events = POLLOUT};
    p[1] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    p[2] = p[0];
    check(poll(p, 3, -1) == 3);
    check(p[0].revents == POLLNVAL && p[1].revents == POLLHUP && p[2].revents == POLLNVAL);
}

/* Each kind of change wakes one that sleeps. */
static void
write_later(void)
{
    pause(1);
    check(write(ends[1], "x", 1) == 1);
}

static void
read_later(void)
{
    static char bytes[1 << 16];

    pause(1);
    check(read(ends[0], bytes, sizeof(bytes)) > 0);
}

static void
close_later(void)
{
    pause(1);
}

static void
poll_is_woken(void)
{
    check(pipe(ends) == 0);
    start_child(write_later);
    check(wait_for(ends[0], POLLIN) == POLLIN && wait(0) > 0);
    while (now(ends[1], POLLOUT))
        check(write(ends[1], "x", 1) == 1);
    start_child(read_later);
    check(wait_for(ends[1], POLLOUT) == POLLOUT && wait(0) > 0);
    close(ends[0]);
    close(ends[1]);

    check(pipe(ends) == 0);
    start_child(close_later);
    close(ends[1]);
    check(wait_for(ends[0], POLLIN) == POLLHUP && wait(0) > 0);
    close(ends[0]);

    check(pipe(ends) == 0);
    start_child(close_later);
    close(ends[0]);
    check(wait_for(ends[1], 0) == POLLERR && wait(0) > 0);
}

/* A poller does not use the hart. */
static void
poll_for_ever(void)
{
    wait_for(ends[0], POLLIN);
}

static uint64
run_time_of(int pid)
{
    struct procinfo info;

    for (int n = 0; procinfo(n, &info) >= 0; n++)
        if (info.pid == pid)
            return info.run_ns;
    check(0);
    return 0;
}

static void
poll_sleeps(void)
{
    int pid;
    uint64 before;

    check(pipe(ends) == 0);
    pid = start_child(poll_for_ever);
    for (int i = 0;; i++) { /* it may not sleep yet */
        before = run_time_of(pid);
        pause(2); /* a turn on a hart would be counted when it ends, after 10 ms */
        if (before && run_time_of(pid) == before)
            break;
        check(i < 20);
    }
    check(write(ends[1], "x", 1) == 1 && wait(0) == pid);
}

/* All that wait for the same pipe are woken, and one takes each byte. */
static void
poll_and_read(void)
{
    char byte;

    do
        check(wait_for(ends[0], POLLIN) & POLLIN);
    while (read(ends[0], &byte, 1) != 1);
}

static void
poll_by_many(void)
{
    int status;

    check(pipe(ends) == 0);
    for (int i = 0; i < POLLERS; i++)
        start_child(poll_and_read);
    for (int i = 0; i < POLLERS; i++) {
        if (i % 2)
            pause(1);
        check(write(ends[1], "x", 1) == 1);
    }
    for (int i = 0; i < POLLERS; i++)
        check(wait(&status) > 0 && status == 0);
}

/* A byte goes round between processes that all poll two pipes: a wake-up that is lost stops it. */
static int ring[3][2];

static void
pass_on(int from, int count)
{
    struct pollfd p[3] = {{.fd = ring[from][0], .events = POLLIN},
                          {.fd = ring[(from + 2) % 3][0], .events = 0},
                          {.fd = ring[(from + 1) % 3][1], .events = 0}};
    char byte;

    for (int i = 0; i < count; i++) {
        check(poll(p, 3, -1) == 1 && p[0].revents == POLLIN);
        check(read(ring[from][0], &byte, 1) == 1);
        check(write(ring[(from + 1) % 3][1], &byte, 1) == 1);
    }
}

static void
pass_on_1(void)
{
    pass_on(1, 1000);
}

static void
pass_on_2(void)
{
    pass_on(2, 1000);
}

static void
poll_loses_nothing(void)
{
    int status;

    for (int i = 0; i < 3; i++)
        check(pipe(ring[i]) == 0);
    start_child(pass_on_1);
    start_child(pass_on_2);
    check(write(ring[1][1], "x", 1) == 1);
    pass_on(0, 1000);
    for (int i = 0; i < 2; i++)
        check(wait(&status) > 0 && status == 0);
}

/* The descriptors go while a thread polls them. */
static void *
poll_thread(void *argument)
{
    struct pollfd p[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = 0}};

    poll(p, 2, -1);
    return argument;
}

static void
close_while_polling(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 50; i++) {
        check(pipe(ends) == 0);
        for (int j = 0; j < 4; j++)
            check(pthread_create(&threads[j], 0, poll_thread, 0) == 0);
        if (i % 4 == 0)
            nanosleep(2000000); /* most likely all of them sleep in poll */
        if (i % 2 == 0) {
            check(write(ends[1], "x", 1) == 1);
            check(close(ends[0]) == 0 && close(ends[1]) == 0);
        } else {
            int end = dup(ends[1]);
            check(close(ends[0]) == 0 && close(ends[1]) == 0);
            check(write(end, "x", 1) == 1 || errno == EPIPE); /* they may have kept the other end */
            close(end);
        }
        for (int j = 0; j < 4; j++)
            check(pthread_join(threads[j], 0) == 0);
    }
}

/* With "hello" and a newline as input, and then its end: tests/guest/cases/toyos_typing.sh. */
static void
poll_console(void)
{
    struct hyperinfo info;
    char line[16];

    printf("waiting\n");
    check(wait_for(0, POLLIN) == POLLIN && read(0, line, sizeof(line)) == 6);
    check(memcmp(line, "hello\n", 6) == 0);
    if (hyperinfo(&info) < 0) /* on bare the input has no end */
        return;
    printf("waiting again\n");
    check(wait_for(0, POLLIN) == POLLIN && read(0, line, sizeof(line)) == 0);
    check(now(0, POLLIN | POLLOUT) == (POLLIN | POLLOUT));
}

const struct test poll_tests[] = {
    {poll_pipe, "poll_pipe", QUICK},
    {poll_hang_up, "poll_hang_up", QUICK},
    {poll_file, "poll_file", QUICK},
    {poll_timeout, "poll_timeout", QUICK},
    {poll_bad_arguments, "poll_bad_arguments", QUICK},
    {poll_is_woken, "poll_is_woken", QUICK},
    {poll_sleeps, "poll_sleeps", QUICK},
    {poll_by_many, "poll_by_many", QUICK},
    {poll_loses_nothing, "poll_loses_nothing", QUICK},
    {close_while_polling, "close_while_polling", QUICK},
    {poll_console, "poll_console", BY_NAME},
    {0},
};
