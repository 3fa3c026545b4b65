/* Block devices: the registry, and what all drivers share of checking and waiting. */
#include "toyos/kernel/dev/block.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/sched/wait.h"

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
block_find(const char *name)
{
    for (unsigned i = 0; i < BLOCK_DEVICES_MAX && devices[i]; i++)
        if (strcmp(devices[i]->name, name) == 0)
            return devices[i];
    return NULL;
}

/* Returns 0, or the error of an invalid request. */
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

void
block_batch_begin(struct block_batch *batch, struct block_device *device)
{
    *batch = (struct block_batch){.lock = LOCK_INIT("block batch"), .device = device};
}

static void
batch_done(struct block_request *request)
{
    struct block_batch *batch = request->context;

    lock_acquire(&batch->lock);
    if (!batch->status)
        batch->status = request->status;
    if (--batch->pending == 0)
        wait_wake(&batch->queue);
    /* This is the last use: the batch lies on the stack of the thread that waits. */
    lock_release(&batch->lock);
}

void
block_batch_add(struct block_batch *batch, struct block_request *request)
{
    lock_acquire(&batch->lock);
    batch->pending++;
    lock_release(&batch->lock);
    request->done = batch_done;
    request->context = batch;
    block_submit(batch->device, request);
}

void
block_wait(struct block_device *device, struct wait_queue *queue, struct lock *lock)
{
    if (wait_can_sleep()) {
        wait_unkillable(queue, lock);
        return;
    }
    if (!device->poll)
        panic("%s: something to wait for, and no way to wait", device->name);
    lock_release(lock);
    device->poll(device);
    lock_acquire(lock);
}

int
block_batch_wait(struct block_batch *batch)
{
    lock_check_sleep(NULL); /* even if all requests have ended */
    lock_acquire(&batch->lock);
    while (batch->pending)
        block_wait(batch->device, &batch->queue, &batch->lock);
    lock_release(&batch->lock);
    return batch->status;
}

int
block_run(struct block_device *device, struct block_request *request)
{
    struct block_batch batch;

    block_batch_begin(&batch, device);
    block_batch_add(&batch, request);
    return block_batch_wait(&batch);
}

int
block_flush(struct block_device *device)
{
    struct block_request request = {.op = BLOCK_FLUSH};

    return block_run(device, &request);
}
