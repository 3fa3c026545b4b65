/* A second terminal on the guest's console. */
#include "vmm/device/console_tap.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static atomic_bool attached; /* so that without one nothing is locked */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int tap_fd;    /* under the lock */
static uint64_t lost; /* under the lock: bytes that were left out since the last that was not */

bool
console_tap_attach(int fd)
{
    if (atomic_load(&attached))
        return false;
    pthread_mutex_lock(&lock);
    tap_fd = fd;
    lost = 0;
    atomic_store(&attached, true);
    pthread_mutex_unlock(&lock);
    return true;
}

void
console_tap_detach(void)
{
    pthread_mutex_lock(&lock); /* whoever writes to it now has done so then */
    atomic_store(&attached, false);
    pthread_mutex_unlock(&lock);
}

/* With the lock held. */
static size_t
put(const void *text, size_t len)
{
    ssize_t done = write(tap_fd, text, len);

    return done > 0 ? (size_t)done : 0;
}

void
console_tap_write(const void *text, size_t len)
{
    if (!atomic_load_explicit(&attached, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock);
    if (atomic_load(&attached)) {
        if (lost > 0) {
            char line[64];
            int line_len = snprintf(line, sizeof(line), "\n[%" PRIu64 " bytes left out]\n", lost);

            if (put(line, (size_t)line_len) == (size_t)line_len)
                lost = 0;
        }
        lost += lost > 0 ? len : len - put(text, len);
    }
    pthread_mutex_unlock(&lock);
}
