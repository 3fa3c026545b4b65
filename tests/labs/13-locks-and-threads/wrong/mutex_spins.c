//@ why Who waits for a mutex asks for it again and again.
//@ loses held
//@ substitute toyos/lib/pthread.c
        futex_wait(&mutex->state, 2, FUTEX_NO_TIMEOUT);
//@ by
        yield();
