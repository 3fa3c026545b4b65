/* Block devices: the registry, and what all drivers would have to check or wait for. */
#include "toyos/kernel/block.h"

#include <stddef.h>
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/lock.h"
#include "toyos/kernel/panic.h"
#include "toyos/kernel/sched.h"

static struct block_device *devices[BLOCK_DEVICES_MAX]; /* constant after boot */

bool
block_register(struct block_device *device)
{
    for (unsigned i = 0; i < BLOCK_DEVICES_MAX; i++) {
        if (!devices[i]) {
            devices[i] = device;
            return true;
        }
    }
    return false;
}

struct block_device *
block_get(unsigned n)
{
    return n < BLOCK_DEVICES_MAX ? devices[n] : NULL;
}

struct block_device *
block_find(const char *name)
{
    for (unsigned i = 0; i < BLOCK_DEVICES_MAX && devices[i]; i++)
        if (strcmp(devices[i]->name, name) == 0)
            return devices[i];
    return NULL;
}

/* 0, or what is wrong with the request. */
static int
check(const struct block_device *device, const struct block_request *request)
{
    uint64_t sectors = request->len / BLOCK_SECTOR;

    if (request->op == BLOCK_FLUSH)
        return 0;
    if (request->len == 0 || request->len % BLOCK_SECTOR || request->sector > device->sectors ||
        sectors > device->sectors - request->sector)
        return -EINVAL;
    return request->op != BLOCK_READ && device->is_read_only ? -EROFS : 0;
}

void
block_submit(struct block_device *device, struct block_request *request)
{
    request->status = check(device, request);
    if (request->status)
        request->done(request);
    else
        device->submit(device, request);
}

/* One who waits in block_run. */
struct waiter {
    struct lock lock;
    struct wait_queue queue;
    bool is_done; /* lock */
};

static void
wake_waiter(struct block_request *request)
{
    struct waiter *waiter = request->context;

    lock_acquire(&waiter->lock);
    waiter->is_done = true;
    sched_wake(&waiter->queue);
    lock_release(&waiter->lock); /* the last use: `waiter` is on a stack */
}

int
block_run(struct block_device *device, struct block_request *request)
{
    struct waiter waiter = {.lock = LOCK_INIT("block wait")};

    request->done = wake_waiter;
    request->context = &waiter;
    block_submit(device, request);
    lock_acquire(&waiter.lock);
    while (!waiter.is_done) {
        if (sched_can_sleep()) {
            sched_wait(&waiter.queue, &waiter.lock);
        } else {
            if (!device->poll)
                panic("%s: a request is in flight, and no way to wait for it", device->name);
            lock_release(&waiter.lock);
            device->poll(device);
            lock_acquire(&waiter.lock);
        }
    }
    lock_release(&waiter.lock);
    return request->status;
}
