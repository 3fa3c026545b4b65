/* Threads on futexes. A thread's own data is at the top of its stack; tp holds its address. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "kernel/riscv.h"
#include "user/toyos.h"

#define STACK_SIZE (64 * 1024) /* with a guard page below */

struct pthread {
    int error; /* errno comes first: errno.c relies on it */
    uint is_running;
    void *(*run)(void *);
    void *argument, *result;
    void *memory; /* the stack with the guard page, and this struct */
};

static void
begin(void *thread)
{
    struct pthread *self = thread;

    pthread_exit(self->run(self->argument));
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
               void *argument)
{
    char *memory = mmap(NULL, PGSIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    struct pthread *self;

    (void)attributes;
    if (memory == MAP_FAILED)
        return errno;
    self = (struct pthread *)(void *)(memory + PGSIZE + STACK_SIZE - sizeof(*self));
    self = (struct pthread *)((uint64)self & ~15UL);
    *self = (struct pthread){.is_running = 1, .run = run, .argument = argument, .memory = memory};
    *thread = self;
    if (thread_start(begin, self, self, self) < 0) {
        munmap(memory, PGSIZE + STACK_SIZE);
        return errno;
    }
    return 0;
}

int
pthread_join(pthread_t thread, void **result)
{
    while (atomic_load((_Atomic uint *)&thread->is_running))
        futex_wait(&thread->is_running, 1, FUTEX_NO_TIMEOUT);
    if (result)
        *result = thread->result;
    munmap(thread->memory, PGSIZE + STACK_SIZE);
    return 0;
}

void
pthread_exit(void *result)
{
    pthread_self()->result = result;
    thread_exit(&pthread_self()->is_running);
}

pthread_t
pthread_self(void)
{
    return (struct pthread *)r_tp();
}

static _Atomic uint *
atomic(uint *word)
{
    return (_Atomic uint *)word;
}

int
pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    (void)attributes;
    mutex->state = 0;
    return 0;
}

int
pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    uint free = 0;

    return atomic_compare_exchange_strong(atomic(&mutex->state), &free, 1) ? 0 : EBUSY;
}

int
pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (pthread_mutex_trylock(mutex) == 0)
        return 0;
    while (atomic_exchange(atomic(&mutex->state), 2) != 0)
        futex_wait(&mutex->state, 2, FUTEX_NO_TIMEOUT);
    return 0;
}

int
pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (atomic_exchange(atomic(&mutex->state), 0) == 2)
        futex_wake(&mutex->state, 1);
    return 0;
}

int
pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return atomic_load(atomic(&mutex->state)) ? EBUSY : 0;
}

int
pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes)
{
    (void)attributes;
    cond->signals = 0;
    return 0;
}

int
pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    uint signals = atomic_load(atomic(&cond->signals));

    pthread_mutex_unlock(mutex);
    futex_wait(&cond->signals, signals, FUTEX_NO_TIMEOUT);
    pthread_mutex_lock(mutex);
    return 0;
}

int
pthread_cond_signal(pthread_cond_t *cond)
{
    atomic_fetch_add(atomic(&cond->signals), 1);
    futex_wake(&cond->signals, 1);
    return 0;
}

int
pthread_cond_broadcast(pthread_cond_t *cond)
{
    atomic_fetch_add(atomic(&cond->signals), 1);
    futex_wake(&cond->signals, ~0U);
    return 0;
}

int
pthread_cond_destroy(pthread_cond_t *cond)
{
    (void)cond;
    return 0;
}
