/* Threads that share descriptors and the working directory: one closes what another is using. */
#include <pthread.h>

#include "usertests.h"

#define THREADS 4
#define ROUNDS  25

static int ends[2];

/* All threads have come here for the n-th time when this returns, at the same moment if there are
 * harts enough. */
static volatile int gathered;

static void
gather(int n)
{
    __atomic_fetch_add(&gathered, 1, __ATOMIC_SEQ_CST);
    for (int i = 1; gathered < n * THREADS; i++)
        if (i % 100 == 0)
            yield();
}

static void
start(pthread_t *threads, void *(*run)(void *))
{
    gathered = 0;
    for (long i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], 0, run, (void *)i) == 0);
}

static void
join(const pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++)
        check(pthread_join(threads[i], 0) == 0);
}

static void *
read_end(void *argument)
{
    char byte;

    gather(1);
    for (int n; (n = read(ends[0], &byte, 1)) > 0;)
        ;
    return argument;
}

/* Both ends are closed while others read: they see the end, or that the descriptor has gone. */
static void
close_while_reading(void)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < ROUNDS; i++) {
        int other[2];
        check(pipe(ends) == 0);
        start(threads, read_end);
        while (gathered < THREADS)
            yield();
        if (i % 4 == 0)
            nanosleep(1000000); /* most likely all of them sleep in read */
        check(write(ends[1], "abcd", 4) == 4);
        check(close(ends[0]) == 0 && close(ends[1]) == 0);
        check(pipe(other) == 0 && write(other[1], "x", 1) == 1); /* it may get the same memory */
        close(other[0]);
        close(other[1]);
        join(threads);
    }
}

static void *
write_end(void *argument)
{
    static char bytes[3 * PGSIZE];

    gather(1);
    while (write(ends[1], bytes, sizeof(bytes)) == sizeof(bytes))
        ;
    return argument;
}

/* The same with writers that wait for room. */
static void
close_while_writing(void)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < ROUNDS; i++) {
        check(pipe(ends) == 0);
        start(threads, write_end);
        while (gathered < THREADS)
            yield();
        if (i % 4 == 0)
            nanosleep(1000000);
        check(close(ends[1]) == 0 && close(ends[0]) == 0);
        join(threads);
    }
}

/* All descriptors there are: opened, used and closed at the same time by all threads. */
static void *
use_any(void *argument)
{
    uint seed = (uint)(long)argument + 1;
    char bytes[64];

    for (int i = 0; i < ROUNDS * 10; i++) {
        int fd, pair[2];
        seed = seed * 1103515245 + 12345;
        fd = 3 + (int)(seed >> 16) % (NOFILE - 3);
        switch (seed >> 28) {
        case 0:
        case 1:
            pipe(pair);
            break;
        case 2:
        case 3:
            open("/README", O_RDONLY);
            break;
        case 4:
            dup(fd);
            break;
        case 5: { /* not of a pipe, where it would wait */
            struct stat st;
            if (fstat(fd, &st) == 0 && lseek(fd, 0, SEEK_CUR) >= 0 && st.type == T_FILE)
                check(lseek(fd, 0, SEEK_SET) <= 0);
            break;
        }
        case 6:
        case 7:
            if (lseek(fd, 8, SEEK_SET) == 8)
                write(fd, bytes, sizeof(bytes)); /* not for writing, or has become a pipe */
            break;
        default:
            close(fd);
        }
    }
    return argument;
}

static void
use_and_close(void)
{
    pthread_t threads[THREADS];

    start(threads, use_any);
    join(threads);
}

/* A descriptor goes to one thread alone, and one thread alone closes it. */
static int opened[THREADS];
static volatile int closed;

static void *
open_and_close(void *argument)
{
    long self = (long)argument;

    for (int i = 0; i < ROUNDS; i++) {
        gather(4 * i + 1);
        opened[self] = dup(0);
        check(opened[self] >= 0);
        gather(4 * i + 2);
        for (int j = 0; j < self; j++)
            check(opened[j] != opened[self]);
        closed = 0;
        gather(4 * i + 3);
        if (close(opened[0]) == 0)
            __atomic_fetch_add(&closed, 1, __ATOMIC_SEQ_CST);
        gather(4 * i + 4);
        check(closed == 1 && (self == 0 || close(opened[self]) == 0));
    }
    return argument;
}

static void
open_and_close_at_once(void)
{
    pthread_t threads[THREADS];

    start(threads, open_and_close);
    join(threads);
    check(dup(0) == 3);
}

/* The working directory changes, and directories go, while others look for names in it. */
static void *
change_directory(void *argument)
{
    char name[] = "/dir0";
    struct stat st;

    name[4] = (char)('0' + (long)argument / 2);
    for (int i = 0; i < ROUNDS * 10; i++) {
        if ((long)argument % 2) { /* this one only looks */
            stat(".", &st);
            continue;
        }
        mkdir(name);
        chdir(name);
        stat("file", &st);
        unlink(name);
        chdir("/");
    }
    return argument;
}

static void
change_directory_at_once(void)
{
    pthread_t threads[THREADS];
    struct stat st;

    start(threads, change_directory);
    join(threads);
    check(chdir("/") == 0 && stat("README", &st) == 0);
    for (int i = 0; i < THREADS; i++) {
        char name[] = "/dir0";
        name[4] = (char)('0' + i);
        unlink(name);
        check(mkdir(name) == 0 && unlink(name) == 0);
    }
}

const struct test thread_file_tests[] = {
    {close_while_reading, "close_while_reading", 0},
    {close_while_writing, "close_while_writing", 0},
    {use_and_close, "use_and_close", 0},
    {open_and_close_at_once, "open_and_close_at_once", 0},
    {change_directory_at_once, "change_directory_at_once", 0},
    {0},
};
