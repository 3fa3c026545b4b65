/* Lab 13: a program that the checks run in toyos, `threads WORK ARGUMENT...`. hypernull(1) has the
 * grader's duet note the time, how long the hart has worked, and the first word of a page. */
#include <pthread.h>

#include "kernel/fcntl.h"
#include "user/toyos.h"

#define PAGE 4096
#define MS   1000000ul
#define MAX  8 /* threads */

static uint64 *word; /* the page's */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static uint64 rounds, count;
static uint free_word;

/* What the library's functions return: an error ends the program at once. */
static void
must(int error)
{
    if (error) {
        printf("threads: error %d\n", error);
        exit(1);
    }
}

static void
threads_run(uint64 number, void *(*run)(void *))
{
    pthread_t thread[MAX];

    for (uint64 i = 0; i < number; i++)
        must(pthread_create(&thread[i], 0, run, (void *)i));
    for (uint64 i = 0; i < number; i++)
        pthread_join(thread[i], 0);
}

static void *
add(void *unused)
{
    (void)unused;
    for (uint64 i = 0; i < rounds; i++) {
        uint64 before;
        must(pthread_mutex_lock(&mutex));
        before = *(volatile uint64 *)word;
        if (i % 4 == 0)
            yield();
        *(volatile uint64 *)word = before + 1;
        must(pthread_mutex_unlock(&mutex));
    }
    return 0;
}

/* mutex THREADS ROUNDS BEGIN: each thread adds ROUNDS times 1 to the word, and gives its hart away
 * meanwhile. */
static void
mutex_work(int *number)
{
    rounds = (uint64)number[1];
    *word = (uint64)number[2];
    threads_run((uint64)number[0], add);
    hypernull(1);
}

static void *
pass(void *me)
{
    for (uint64 i = 0; i < rounds; i++) {
        must(pthread_mutex_lock(&mutex));
        while (*word % count != (uint64)me)
            must(pthread_cond_wait(&cond, &mutex));
        *word += 1;
        must(pthread_cond_broadcast(&cond));
        must(pthread_mutex_unlock(&mutex));
    }
    return 0;
}

/* ring THREADS ROUNDS: the word goes round, ROUNDS times: each thread adds 1 when it is its turn.
 */
static void
ring(int *number)
{
    count = (uint64)number[0];
    rounds = (uint64)number[1];
    threads_run(count, pass);
    hypernull(1);
}

static void *
take(void *me)
{
    (void)me;
    must(pthread_mutex_lock(&mutex));
    while (!count)
        must(pthread_cond_wait(&cond, &mutex));
    count--;
    *word += 1;
    must(pthread_mutex_unlock(&mutex));
    return 0;
}

static void *
give(void *me)
{
    (void)me;
    for (uint64 i = 0; i < rounds; i++) {
        nanosleep(MS);
        must(pthread_mutex_lock(&mutex));
        count++;
        must(pthread_cond_signal(&cond));
        must(pthread_mutex_unlock(&mutex));
    }
    return 0;
}

static void *
give_or_take(void *me)
{
    return me ? take(me) : give(me);
}

/* signals TAKERS: that many wait for something that comes, one after the other. */
static void
signals(int *number)
{
    rounds = (uint64)number[0];
    threads_run(rounds + 1, give_or_take);
    hypernull(1);
}

static void *
bring(void *me)
{
    (void)me;
    must(pthread_mutex_lock(&mutex));
    count = 1;
    *word += 1;
    must(pthread_cond_signal(&cond));
    must(pthread_mutex_unlock(&mutex));
    return 0;
}

/* late MS: a thread waits for the mutex while its holder computes, for longer than a slice. So it
 * has the hart as soon as the holder gives the mutex up, which is to wait for a signal. */
static void
late(int *number)
{
    pthread_t thread;
    uint64 now, end;

    must(pthread_mutex_lock(&mutex));
    must(pthread_create(&thread, 0, bring, 0));
    nanosleep(5 * MS); /* the other one waits by then */
    clock(CLOCK_MONOTONIC, &now);
    end = now + (uint64)number[0] * MS;
    while (now < end)
        clock(CLOCK_MONOTONIC, &now);
    while (!count)
        must(pthread_cond_wait(&cond, &mutex));
    must(pthread_mutex_unlock(&mutex));
    pthread_join(thread, 0);
    hypernull(1);
}

static void *
want(void *me)
{
    (void)me;
    must(pthread_mutex_lock(&mutex));
    *word += 1;
    must(pthread_mutex_unlock(&mutex));
    return 0;
}

static void *
want_word(void *me)
{
    (void)me;
    while (futex_wait(&free_word, 0, FUTEX_NO_TIMEOUT) < 0 && errno == EINTR)
        ;
    *word += 1;
    return 0;
}

static void *
hold(void *me)
{
    (void)me;
    nanosleep(10 * MS); /* the others wait by then */
    hypernull(1);
    nanosleep(rounds * MS);
    hypernull(1);
    free_word = 1;
    futex_wake(&free_word, MAX);
    must(pthread_mutex_unlock(&mutex));
    return 0;
}

static void *
hold_or_want(void *me)
{
    return !me ? hold(me) : (uint64)me % 2 ? want(me) : want_word(me);
}

/* held MS THREADS: a thread holds the mutex for that long, while others wait for it, or at a futex.
 */
static void
held(int *number)
{
    rounds = (uint64)number[0];
    must(pthread_mutex_lock(&mutex));
    threads_run((uint64)number[1] + 1, hold_or_want);
    hypernull(1);
}

/* A child, or a thread, that waits for the first word in memory which they share. */
static void
child_waits(uint *shared, const char *name)
{
    if (fork() == 0) {
        if (futex_wait(shared, 7, 200 * MS) == 0)
            printf("%s woke\n", name);
        else
            printf("%s: errno %d\n", name, errno);
        exit(0);
    }
}

/* futex MS: what the two calls return. */
static void
futex(int *number)
{
    uint *shared = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint *other = shared + 256 / sizeof(uint); /* in the kernel's table, it may be beside it */

    *shared = *other = 7;
    printf("%d %d ", futex_wait(shared, 6, FUTEX_NO_TIMEOUT), errno);
    printf("%d %d ", futex_wait((uint *)((char *)shared + 1), 7, FUTEX_NO_TIMEOUT), errno);
    printf("%d %d ", futex_wait((uint *)(1ul << 37), 7, FUTEX_NO_TIMEOUT), errno);
    printf("%d\n", futex_wake(shared, 1));
    hypernull(1);
    printf("%d %d\n", futex_wait(shared, 7, (uint64)number[0] * MS), errno);
    hypernull(1);
    for (int i = 0; i < 3; i++)
        child_waits(shared, "first");
    child_waits(other, "other");
    nanosleep(20 * MS);
    printf("%d\n", futex_wake(shared, 2));
    nanosleep(20 * MS);
    printf("%d\n", futex_wake(shared, 2));
    nanosleep(20 * MS);
    printf("%d\n", futex_wake(other, 2));
    while (wait(0) > 0)
        ;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*work)(int *number);
    } works[] = {{"mutex", mutex_work}, {"ring", ring}, {"signals", signals},
                 {"late", late},        {"held", held}, {"futex", futex}};
    int number[4] = {0};

    word = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 2; i < argc && i < 6; i++)
        number[i - 2] = atoi(argv[i]);
    for (uint i = 0; argc > 2 && i < sizeof(works) / sizeof(works[0]); i++)
        if (strcmp(argv[1], works[i].name) == 0)
            works[i].work(number);
    return 0;
}
