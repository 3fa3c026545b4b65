/* Threads, with POSIX's names. Functions return 0 or an error number (errno.h). */
#ifndef TOYOS_PTHREAD_H
#define TOYOS_PTHREAD_H

#include <errno.h>

#include "kernel/types.h"

struct pthread;
typedef struct pthread *pthread_t;
typedef struct { /* nothing can be chosen: attributes are NULL */
    int unused;
} pthread_attr_t, pthread_mutexattr_t, pthread_condattr_t;

/* 0: free; 1: locked; 2: locked, and others may be waiting */
typedef struct {
    uint state;
} pthread_mutex_t;
#define PTHREAD_MUTEX_INITIALIZER {0}

/* Counts signals, so that none is missed between the unlock and the wait. */
typedef struct {
    uint signals;
} pthread_cond_t;
#define PTHREAD_COND_INITIALIZER {0}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument);
int pthread_join(pthread_t thread, void **result);
_Noreturn void pthread_exit(void *result); /* not by the first thread: main returns, or exit() */
pthread_t pthread_self(void);

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex); /* EBUSY */
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_mutex_destroy(pthread_mutex_t *mutex);

int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes);
int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int pthread_cond_signal(pthread_cond_t *cond);
int pthread_cond_broadcast(pthread_cond_t *cond);
int pthread_cond_destroy(pthread_cond_t *cond);

#endif
