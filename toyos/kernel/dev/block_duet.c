/* The driver of duet's disks: it turns block requests into requests in the queue of a disk. */
#include "toyos/kernel/dev/block_duet.h"

#include "abi/disk.h"
#include "common/riscv.h"
#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/lock.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/dev/block.h"
#include "toyos/kernel/dev/event.h"
#include "toyos/kernel/dev/hypercall.h"
#include "toyos/kernel/dev/queue_duet.h"

/* As many entries as fit into a page: 64. */
#define QUEUE_SIZE 64
#define QUEUE_BYTES                                                                                \
    DUET_QUEUE_BYTES(QUEUE_SIZE, struct duet_disk_request, struct duet_disk_completion)
_Static_assert(QUEUE_BYTES <= PAGE_SIZE, "a queue is a page");

/* The largest request that duet accepts. A larger one is split. */
#define PIECE_MAX 0x40000000

/* The block request for an entry of the queue. The entry's tag is the index here. */
struct in_flight {
    struct block_request *request;
    uint64_t done;  /* bytes done, without those in flight */
    uint32_t piece; /* bytes in flight */
    unsigned next_free;
};

struct disk {
    struct block_device device;

    struct lock lock; /* guards the fields below; no other lock is taken while it is held */
    struct queue_duet queue;
    struct in_flight in_flight[QUEUE_SIZE];
    unsigned free;                      /* the first free slot; QUEUE_SIZE if there is none */
    struct block_request *first, *last; /* requests that wait for a slot */
};

static struct disk disks[DUET_DISKS];
static unsigned disk_count; /* constant after boot */

/* The caller of a function *_locked holds the disk's lock. */

static void
put_locked(struct disk *disk, unsigned place)
{
    static const uint16_t op[] = {
        [BLOCK_READ] = DUET_DISK_READ,
        [BLOCK_WRITE] = DUET_DISK_WRITE,
        [BLOCK_FLUSH] = DUET_DISK_FLUSH,
        [BLOCK_DISCARD] = DUET_DISK_DISCARD,
    };
    struct in_flight *entry = &disk->in_flight[place];
    const struct block_request *request = entry->request;
    struct duet_disk_request put = {.tag = place, .op = op[request->op]};

    if (request->op != BLOCK_FLUSH) {
        uint64_t left = request->len - entry->done;

        put.offset = request->sector * BLOCK_SECTOR + entry->done;
        put.len = left < PIECE_MAX ? (uint32_t)left : PIECE_MAX;
    }
    if (request->op == BLOCK_READ || request->op == BLOCK_WRITE)
        put.buffer = kva_to_pa((const char *)request->buffer + entry->done);
    entry->piece = put.len;
    queue_duet_put(&disk->queue, &put);
}

/* Puts waiting requests into the queue as far as there are slots, and publishes them. */
static void
start_locked(struct disk *disk)
{
    while (disk->first && disk->free < QUEUE_SIZE) {
        unsigned place = disk->free;
        struct in_flight *entry = &disk->in_flight[place];

        disk->free = entry->next_free;
        entry->request = disk->first;
        entry->done = 0;
        disk->first = disk->first->next;
        put_locked(disk, place);
    }
    queue_duet_publish(&disk->queue);
}

static void
submit(struct block_device *device, struct block_request *request)
{
    struct disk *disk = device->driver;

    lock_acquire(&disk->lock);
    request->next = NULL;
    *(disk->first ? &disk->last->next : &disk->first) = request;
    disk->last = request;
    start_locked(disk);
    lock_release(&disk->lock);
}

static int
error_of(uint32_t status)
{
    static const int error[] = {
        [DUET_DISK_OK] = 0,
        [DUET_DISK_INVALID] = -EINVAL,
        [DUET_DISK_READ_ONLY] = -EROFS,
        [DUET_DISK_IO_ERROR] = -EIO,
        [DUET_DISK_NO_SPACE] = -ENOSPC,
        [DUET_DISK_NOT_SUPPORTED] = -ENOSYS,
    };

    return status < sizeof(error) / sizeof(error[0]) ? error[status] : -EIO;
}

/* Takes completions from the queue. Returns the requests that have ended, as a list. */
static struct block_request *
take_locked(struct disk *disk)
{
    struct block_request *ended = NULL, **link = &ended;
    struct duet_disk_completion completion;

    do {
        while (queue_duet_take(&disk->queue, &completion)) {
            struct in_flight *entry = &disk->in_flight[completion.tag];
            struct block_request *request = entry->request;

            request->status = error_of(completion.status);
            entry->done += entry->piece;
            if (request->op != BLOCK_FLUSH && !request->status && entry->done < request->len) {
                put_locked(disk, (unsigned)completion.tag);
                continue;
            }
            entry->next_free = disk->free;
            disk->free = (unsigned)completion.tag;
            request->next = NULL;
            *link = request;
            link = &request->next;
        }
        start_locked(disk);
    } while (!queue_duet_sleep(&disk->queue));
    return ended;
}

static void
poll(struct block_device *device)
{
    struct disk *disk = device->driver;
    struct block_request *request, *next;

    lock_acquire(&disk->lock);
    request = take_locked(disk);
    lock_release(&disk->lock);
    for (; request; request = next) {
        next = request->next;
        request->done(request);
    }
}

static void
poll_all(void)
{
    for (unsigned number = 0; number < disk_count; number++)
        poll(&disks[number].device);
}

/* Registers disk `number`. False if there is no such disk, or it cannot be used. */
static bool
disk_init(struct disk *disk, unsigned number)
{
    static const char *const name[DUET_DISKS] = {"disk0", "disk1", "disk2", "disk3"};
    static struct duet_disk_info info; /* a stack is not in the linear map */
    void *queue;

    if (duet_disk_info(number, &info, sizeof(info)).error)
        return false;
    queue = queue_duet_create(&disk->queue, number, QUEUE_SIZE, sizeof(struct duet_disk_request),
                              sizeof(struct duet_disk_completion));
    if (!queue) {
        log_error("%s: no memory for its queue", name[number]);
        return false;
    }
    for (unsigned place = 0; place < QUEUE_SIZE; place++)
        disk->in_flight[place].next_free = place + 1;
    disk->lock = (struct lock)LOCK_INIT("disk");
    disk->device = (struct block_device){
        .name = name[number],
        .sectors = info.bytes / BLOCK_SECTOR,
        .is_read_only = info.flags & DUET_DISK_IS_READ_ONLY,
        .submit = submit,
        .poll = poll,
        .driver = disk,
    };
    return !duet_disk_start(number, QUEUE_SIZE, queue, QUEUE_BYTES).error &&
           block_register(&disk->device);
}

void
block_duet_init(void)
{
    if (!platform->info || !(platform->info->features & DUET_FEATURE_DISKS))
        return;
    event_register_looker(poll_all);
    while (disk_count < DUET_DISKS && disk_init(&disks[disk_count], disk_count))
        event_enable(DUET_EVENT_DISK(disk_count++));
}
