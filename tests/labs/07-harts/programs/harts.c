/* Lab 07: a program that the checks run in toyos, `harts WORK ARGUMENT`. Its null calls show the
 * grader's duet which hart it is on. */
#include "pthread.h"
#include "user/toyos.h"

#define THREADS_MAX 8
#define PAGE        4096ul
#define ROUNDS      2000000 /* for a hart that was just interrupted to come */

static volatile uint arrived, called, over;

static void *
area(int flags)
{
    return mmap(0, PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
}

/* Spins until `count` are there, so that each of them has a hart, if there are so many. */
static void
meet(volatile uint *who, uint count)
{
    __atomic_fetch_add(who, 1, __ATOMIC_SEQ_CST);
    while (*who < count)
        ;
}

static void *
thread_call(void *count)
{
    meet(&arrived, (uint)(ulong)count);
    for (volatile uint i = 0; i < ROUNDS; i++)
        ;
    hypernull(1);
    meet(&called, (uint)(ulong)count);
    return 0;
}

/* spread N: as many threads at once, each of which makes a null call. */
static void
spread(ulong count)
{
    pthread_t thread[THREADS_MAX];

    for (ulong i = 1; i < count && i < THREADS_MAX; i++)
        pthread_create(&thread[i], 0, thread_call, (void *)count);
    thread_call((void *)count);
    for (ulong i = 1; i < count && i < THREADS_MAX; i++)
        pthread_join(thread[i], 0);
    printf("%lu threads\n", count);
}

/* A thread, or a process, that has called and is on its hart until it is over. */
static void
stay(volatile uint *here, volatile uint *end)
{
    hypernull(1);
    *here = 1;
    while (!*end)
        ;
}

static void *
thread_stay(void *here)
{
    stay(here, &over);
    return 0;
}

/* fence N: N times, beside a thread of this process and beside another process, memory goes,
 * between two null calls. */
static void
fence(ulong count)
{
    static volatile uint here;
    volatile uint *shared = area(MAP_SHARED);
    pthread_t thread;
    int pid;

    pid = fork();
    if (pid == 0) {
        stay(&shared[0], &shared[1]);
        exit(0);
    }
    while (!shared[0])
        ;
    pthread_create(&thread, 0, thread_stay, (void *)&here);
    while (!here)
        ;
    while (count-- > 0) {
        volatile uint *page = area(MAP_PRIVATE);

        page[0] = 1;
        hypernull(1);
        munmap((void *)page, PAGE);
        hypernull(1);
    }
    over = shared[1] = 1;
    pthread_join(thread, 0);
    wait(0);
    printf("over\n");
}

/* kill N: N children, one after the other, that run on another hart when they are killed. */
static void
kill_all(ulong count)
{
    volatile uint *shared = area(MAP_SHARED);

    while (count-- > 0) {
        int status, pid;

        shared[0] = 0;
        pid = fork();
        if (pid == 0)
            stay(&shared[0], &shared[1]);
        while (!shared[0])
            ;
        hypernull(1);
        kill(pid);
        hypernull(1);
        wait(&status);
    }
    printf("over\n");
}

int
main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        void (*work)(ulong argument);
    } works[] = {{"spread", spread}, {"fence", fence}, {"kill", kill_all}};

    for (uint i = 0; argc > 2 && i < sizeof(works) / sizeof(works[0]); i++)
        if (strcmp(argv[1], works[i].name) == 0)
            works[i].work((ulong)atoi(argv[2]));
    return 0;
}
