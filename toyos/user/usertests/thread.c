/* Threads, futexes, and what a process with threads does. */
#include <pthread.h>

#include "usertests.h"

#define THREADS 8

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int counter, turn;

static void *
give_back(void *argument)
{
    return argument;
}

static void
thread_result(void)
{
    for (long i = 0; i < 100; i++) {
        pthread_t thread;
        void *result;
        check(pthread_create(&thread, 0, give_back, (void *)i) == 0);
        check(pthread_join(thread, &result) == 0 && result == (void *)i);
    }
}

static void *
count(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        if (i % 100 == 0)
            yield();
        pthread_mutex_unlock(&mutex);
    }
    return argument;
}

static void
start_threads(pthread_t *threads, void *(*run)(void *))
{
    for (long i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], 0, run, (void *)i) == 0);
}

static void
join_threads(const pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++)
        check(pthread_join(threads[i], 0) == 0);
}

static void
thread_mutex(void)
{
    pthread_t threads[THREADS];

    start_threads(threads, count);
    join_threads(threads);
    check(counter == THREADS * 1000);
    check(pthread_mutex_trylock(&mutex) == 0 && pthread_mutex_trylock(&mutex) == EBUSY);
}

static void *
take_turns(void *argument)
{
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != (int)(long)argument)
            pthread_cond_wait(&cond, &mutex);
        turn = (turn + 1) % THREADS;
        counter++;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mutex);
    }
    return 0;
}

static void
thread_condition(void)
{
    pthread_t threads[THREADS];

    start_threads(threads, take_turns);
    join_threads(threads);
    check(counter == THREADS * 50 && turn == 0);
}

static void *
use_memory(void *argument)
{
    for (int i = 0; i < 50; i++) {
        uint size = (uint)(i * 37 + 1);
        char *p = malloc(size);
        check(p);
        memset(p, (int)(long)argument, size);
        yield();
        check(p[0] == (char)(long)argument && p[size - 1] == (char)(long)argument);
        free(p);
    }
    return 0;
}

static void
thread_malloc(void)
{
    pthread_t threads[THREADS];

    start_threads(threads, use_memory);
    join_threads(threads);
}

static void *
fail_to_close(void *argument)
{
    for (int i = 0; i < 20; i++) {
        close(-1);
        yield();
        check(errno == EBADF);
    }
    return argument;
}

static void
thread_errno(void)
{
    pthread_t thread;

    check(pthread_create(&thread, 0, fail_to_close, 0) == 0);
    for (int i = 0; i < 20; i++) {
        check(wait(0) == -1);
        yield();
        check(errno == ECHILD);
    }
    pthread_join(thread, 0);
}

static void *
spin_for_ever(void *argument)
{
    for (;;)
        ;
    return argument;
}

static void *
sleep_for_ever(void *argument)
{
    uint word = 0;

    futex_wait(&word, 0, FUTEX_NO_TIMEOUT);
    return argument;
}

static void
have_threads(void)
{
    pthread_t thread;

    for (int i = 0; i < 2; i++) {
        check(pthread_create(&thread, 0, spin_for_ever, 0) == 0);
        check(pthread_create(&thread, 0, sleep_for_ever, 0) == 0);
    }
}

static void
exit_with_threads(void)
{
    have_threads();
    exit(33);
}

static void
wait_with_threads(void)
{
    have_threads();
    pause(1000);
}

static void
thread_process_ends(void)
{
    int status, pid;

    check(status_of(exit_with_threads) == 33);
    pid = start_child(wait_with_threads);
    pause(1);
    check(kill(pid) == 0 && wait(&status) == pid && status == KILLED);
}

static void
exec_with_threads(void)
{
    char name[] = "true", *argv[] = {name, 0};

    have_threads();
    exec("/true", argv);
    exit(99);
}

static void
thread_process_executes(void)
{
    for (int i = 0; i < 5; i++)
        check(status_of(exec_with_threads) == 0);
}

static void *
fault(void *argument)
{
    *(volatile char *)MAXVA = 1;
    return argument;
}

static void
fault_in_thread(void)
{
    pthread_t thread;

    check(pthread_create(&thread, 0, fault, 0) == 0);
    pause(1000);
}

static void
thread_fault(void)
{
    check(status_of(fault_in_thread) == KILLED);
}

/* Fork while other threads write: the child has one thread, and its memory stands still. */
static void *
write_pages(void *argument)
{
    volatile uint64 *words = argument;

    while (!counter)
        for (int i = 0; i < 4; i++)
            words[i * PGSIZE / 8]++;
    return 0;
}

static void
thread_fork(void)
{
    volatile uint64 *words = mmap(0, 4 * PGSIZE, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t thread;
    int status;

    check(words != MAP_FAILED);
    check(pthread_create(&thread, 0, write_pages, (void *)words) == 0);
    for (int i = 0; i < 20; i++) {
        int pid = fork();
        check(pid >= 0);
        if (pid == 0) {
            uint64 before = words[0];
            for (int j = 0; j < 1000; j++)
                check(words[0] == before);
            exit(0);
        }
        check(wait(&status) == pid && status == 0);
    }
    counter = 1;
    check(pthread_join(thread, 0) == 0);
}

/* What one thread unmaps, no other sees any more, on whatever hart it is. */
static void *
unmap_and_map(void *argument)
{
    for (int i = 0; i < 50; i++) {
        char *p = mmap(0, 4 * PGSIZE, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        check(p != MAP_FAILED && p[0] == 0 && p[3 * PGSIZE] == 0);
        memset(p, 1, 4 * PGSIZE);
        check(munmap(p, 4 * PGSIZE) == 0);
    }
    return argument;
}

static void
thread_mappings(void)
{
    pthread_t threads[THREADS];

    start_threads(threads, unmap_and_map);
    join_threads(threads);
}

/* What sbrk gives one thread it gives no other: each finds its own mark in all that it got. */
static void *
grow_and_mark(void *argument)
{
    char mark = *(char *)argument, *got[100];

    for (int i = 0; i < 100; i++) {
        got[i] = sbrk(64);
        check(got[i] != SBRK_ERROR);
        memset(got[i], mark, 64);
    }
    for (int i = 0; i < 100; i++)
        for (int byte = 0; byte < 64; byte++)
            check(got[i][byte] == mark);
    return argument;
}

static void
thread_sbrk(void)
{
    pthread_t threads[THREADS];
    char mark[THREADS];

    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < THREADS; i++) {
            mark[i] = (char)('a' + i);
            check(pthread_create(&threads[i], 0, grow_and_mark, &mark[i]) == 0);
        }
        join_threads(threads);
    }
}

static void
futex_errors(void)
{
    static uint words[2];
    uint64 before, after;

    check(futex_wait(words, 1, FUTEX_NO_TIMEOUT) == -1 && errno == EAGAIN);
    check(futex_wait((uint *)(void *)((char *)words + 1), 0, 0) == -1 && errno == EINVAL);
    check(futex_wait((uint *)MAXVA, 0, 0) == -1 && errno == EFAULT);
    check(futex_wake((uint *)MAXVA, 1) == -1 && errno == EFAULT);
    check(futex_wake(words, 1) == 0);
    clock(CLOCK_MONOTONIC, &before);
    check(futex_wait(words, 0, 20000000) == -1 && errno == ETIMEDOUT);
    clock(CLOCK_MONOTONIC, &after);
    check(after - before >= 20000000);
}

/* Processes that share a page share the futexes in it. */
static void
futex_between_processes(void)
{
    uint *word = mmap(0, PGSIZE, PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status, pid;

    check(word != MAP_FAILED);
    pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        while (*(volatile uint *)word == 0)
            futex_wait(word, 0, FUTEX_NO_TIMEOUT);
        exit(0);
    }
    pause(1);
    *word = 1;
    futex_wake(word, 1);
    check(wait(&status) == pid && status == 0);
}

const struct test thread_tests[] = {
    {thread_result, "thread_result", 0},
    {thread_mutex, "thread_mutex", 0},
    {thread_condition, "thread_condition", 0},
    {thread_malloc, "thread_malloc", 0},
    {thread_errno, "thread_errno", 0},
    {thread_process_ends, "thread_process_ends", 0},
    {thread_process_executes, "thread_process_executes", 0},
    {thread_fault, "thread_fault", 0},
    {thread_fork, "thread_fork", 0},
    {thread_mappings, "thread_mappings", 0},
    {thread_sbrk, "thread_sbrk", 0},
    {futex_errors, "futex_errors", 0},
    {futex_between_processes, "futex_between_processes", 0},
    {0},
};
