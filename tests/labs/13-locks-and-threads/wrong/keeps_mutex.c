//@ why Who waits for a condition keeps the mutex.
//@ loses ring signals
//@ substitute toyos/lib/pthread.c
    pthread_mutex_unlock(mutex);
    futex_wait(&cond->signals, signals, FUTEX_NO_TIMEOUT);
    pthread_mutex_lock(mutex);
//@ by
    (void)mutex;
    futex_wait(&cond->signals, signals, FUTEX_NO_TIMEOUT);
