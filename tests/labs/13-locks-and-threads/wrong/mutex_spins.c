//@ why Who waits for a mutex asks again and again; at two harts for time slices of the host's, so chance ends a run.
//@ loses held
//@ may_lose mutex ring signals
//@ substitute toyos/lib/pthread.c
        futex_wait(&mutex->state, 2, FUTEX_NO_TIMEOUT);
//@ by
        yield();
