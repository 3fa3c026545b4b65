/* Duet's own front of a disk. */
#include "vmm/device/disk_queue.h"

#include "vmm/device/disk_file.h"
#include "vmm/machine/vm.h"

/* The front is the first member. */
static struct disk_queue *
of(struct disk_front *front)
{
    return (struct disk_queue *)front;
}

/* Checks what is asked, our own copy, and fills in the request. DUET_DISK_OK if it can be tried. */
static uint32_t
request_check(const struct disk *disk, const struct duet_disk_request *asked,
              struct disk_queue_request *request)
{
    bool moves_data = asked->op == DUET_DISK_READ || asked->op == DUET_DISK_WRITE;

    if (asked->op >= DISK_OPS || asked->zero || (!moves_data && asked->buffer))
        return DUET_DISK_INVALID;
    request->base.op = asked->op;
    request->base.offset = asked->offset;
    request->base.len = asked->len;
    if (asked->op == DUET_DISK_FLUSH)
        return asked->offset || asked->len ? DUET_DISK_INVALID : DUET_DISK_OK;
    if (!disk_has(disk, asked->offset, asked->len) || asked->buffer % DUET_DISK_SECTOR)
        return DUET_DISK_INVALID;
    if (moves_data) {
        request->buffer.iov_base = guest_mem_slice(&disk->vm->mem, asked->buffer, asked->len);
        request->buffer.iov_len = asked->len;
        if (!request->buffer.iov_base)
            return DUET_DISK_INVALID;
        request->base.part = &request->buffer;
        request->base.parts = 1;
    }
    return disk->file->read_only && asked->op != DUET_DISK_READ ? DUET_DISK_READ_ONLY
                                                                : DUET_DISK_OK;
}

static void
tag_complete(struct disk_queue *disk_queue, uint64_t tag, uint32_t status)
{
    const struct duet_disk_completion completion = {.tag = tag, .status = status};

    queue_complete(&disk_queue->queue, &completion);
}

static struct disk_request *
take(struct disk_front *front)
{
    struct disk_queue *disk_queue = of(front);
    struct disk_queue_request *request = (struct disk_queue_request *)disk_queue->free;
    struct duet_disk_request asked;
    uint32_t status;

    queue_take(&disk_queue->queue, &asked);
    status = request_check(front->disk, &asked, request);
    if (status != DUET_DISK_OK) {
        tag_complete(disk_queue, asked.tag, status);
        return NULL;
    }
    request->tag = asked.tag;
    disk_queue->free = request->base.next_free;
    return &request->base;
}

static void
complete(struct disk_front *front, struct disk_request *request, uint32_t status)
{
    struct disk_queue *disk_queue = of(front);

    tag_complete(disk_queue, ((struct disk_queue_request *)request)->tag, status);
    request->next_free = disk_queue->free;
    disk_queue->free = request;
}

static void
take_on(struct disk_front *front)
{
    struct queue *queue = &of(front)->queue;
    const struct guest_mem *mem = &front->disk->vm->mem;
    const struct ring_end before = queue->requests;

    queue_take_on(queue);
    /* The last completions went into the memory of the queue before; that of the next one is marked
     * when it is saved, or replaced. */
    if (mem->written && queue->requests.ring != before.ring)
        queue_memory_mark(&before, &queue->config, mem);
}

static uint32_t
count(struct disk_front *front)
{
    return queue_count(&of(front)->queue);
}

static void
publish(struct disk_front *front)
{
    queue_publish(&of(front)->queue);
}

static bool
sleep_now(struct disk_front *front)
{
    return queue_sleep(&of(front)->queue);
}

static const struct disk_front_ops ops = {
    .take_on = take_on,
    .count = count,
    .take = take,
    .complete = complete,
    .publish = publish,
    .sleep = sleep_now,
};

int
disk_queue_create(struct disk_queue *disk_queue, struct disk *disk, unsigned number,
                  int doorbell_fd)
{
    disk_queue->front.ops = &ops;
    queue_init(&disk_queue->queue, &(struct queue_config){
                                       .name = disk->name,
                                       .events = &disk->vm->events,
                                       .event = DUET_EVENT_DISK(number),
                                       .doorbell_fd = doorbell_fd,
                                       .size_max = DUET_DISK_QUEUE_MAX,
                                       .request_bytes = sizeof(struct duet_disk_request),
                                       .completion_bytes = sizeof(struct duet_disk_completion),
                                   });
    for (unsigned i = 0; i < DUET_DISK_QUEUE_MAX; i++) {
        struct disk_request *request = &disk_queue->request[i].base;

        request->front = &disk_queue->front;
        request->number = i;
        request->next_free = disk_queue->free;
        disk_queue->free = request;
    }
    disk_front_add(disk, &disk_queue->front);
    return queue_doorbell_create(disk->vm->fd, number, doorbell_fd);
}

void
disk_queue_destroy(struct disk_queue *disk_queue)
{
    queue_destroy(&disk_queue->queue);
}
