//@ why A signal that comes between the mutex's release and the sleep is lost.
//@ loses signals
//@ substitute toyos/lib/pthread.c
    uint signals = atomic_load(atomic(&cond->signals));

    pthread_mutex_unlock(mutex);
    futex_wait(&cond->signals, signals, FUTEX_NO_TIMEOUT);
//@ by
    pthread_mutex_unlock(mutex);
    futex_wait(&cond->signals, atomic_load(atomic(&cond->signals)), FUTEX_NO_TIMEOUT);
