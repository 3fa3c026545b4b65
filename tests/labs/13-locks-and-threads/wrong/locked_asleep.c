//@ why Who sleeps at a futex holds the lock of its bucket.
//@ loses mutex ring signals futex held
//@ substitute toyos/kernel/proc/futex.c
            if (!wait_sleep(&self.queue, &bucket->lock, deadline))
//@ by
            if (!wait_sleep(&self.queue, NULL, deadline))
