/* virtio block devices. */
#include "vmm/board/virtio_blk.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/board/virtio_mmio.h"
#include "vmm/device/disk.h"
#include "vmm/device/disk_file.h"
#include "vmm/device/disk_request.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

/* The queue, and how many requests of it are in flight at most: the others wait in it. */
#define QUEUE_SIZE   128
#define REQUESTS_MAX 64

/* The most buffers of data in a request: the header and the status take one each. */
#define DATA_PARTS_MAX (VIRTQUEUE_PARTS_MAX - 2)

#define F_SEG_MAX  (1ULL << 2)
#define F_RO       (1ULL << 5)
#define F_BLK_SIZE (1ULL << 6)
#define F_FLUSH    (1ULL << 9)
#define F_DISCARD  (1ULL << 13)

/* The configuration space (§5.2.4). */
struct blk_config {
    uint64_t capacity; /* sectors */
    uint32_t size_max, seg_max;
    uint8_t geometry[4];
    uint32_t blk_size;
    uint8_t topology[8];
    uint8_t writeback, unused;
    uint16_t num_queues;
    uint32_t max_discard_sectors, max_discard_seg, discard_sector_alignment;
};
_Static_assert(offsetof(struct blk_config, max_discard_sectors) == 36 &&
                   sizeof(struct blk_config) <= VIRTIO_CONFIG_MAX,
               "as the driver reads it");

/* A request begins with this (§5.2.6), and ends with a byte that tells how it went. */
struct blk_header {
    uint32_t type, reserved;
    uint64_t sector;
};
#define TYPE_IN      0
#define TYPE_OUT     1
#define TYPE_FLUSH   4
#define TYPE_GET_ID  8
#define TYPE_DISCARD 11

#define STATUS_OK          0
#define STATUS_IO_ERROR    1
#define STATUS_UNSUPPORTED 2

#define ID_BYTES 20

struct blk_discard {
    uint64_t sector;
    uint32_t sectors, flags;
};

struct virtio_blk {
    struct disk_front front; /* first */
    struct virtio_device device;

    /* The disks' thread's. */
    struct blk_request {
        struct disk_request base; /* first */
        struct virtqueue_chain chain;
        uint8_t *status;
        uint32_t written; /* bytes that a request that succeeds writes to the guest's buffers */
    } request[REQUESTS_MAX];
    struct disk_request *free;
    unsigned free_count;
};

static struct virtio_blk *
of(struct disk_front *front)
{
    return (struct virtio_blk *)front;
}

/* --- A request -------------------------------------------------------------------------------- */

/* Takes `len` bytes from the beginning of the parts, which become shorter. False: there are not as
 * many. */
static bool
bytes_take(struct iovec **part, unsigned *parts, void *to, size_t len)
{
    char *at = to;

    while (len > 0 && *parts > 0) {
        size_t piece = len < (*part)->iov_len ? len : (*part)->iov_len;

        memcpy(at, (*part)->iov_base, piece);
        at += piece;
        len -= piece;
        (*part)->iov_base = (char *)(*part)->iov_base + piece;
        (*part)->iov_len -= piece;
        if ((*part)->iov_len == 0) {
            (*part)++;
            (*parts)--;
        }
    }
    return len == 0;
}

static uint64_t
bytes_of(const struct iovec *part, unsigned parts)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < parts; i++)
        sum += part[i].iov_len;
    return sum;
}

/* Takes the last byte of the chain for the status, which may leave a part empty. */
static bool
status_take(struct blk_request *request)
{
    struct virtqueue_chain *chain = &request->chain;
    struct iovec *last = &chain->part[chain->count - 1];

    if (chain->count == chain->readable)
        return false;
    request->status = (uint8_t *)last->iov_base + last->iov_len - 1;
    if (--last->iov_len == 0)
        chain->count--;
    return true;
}

/* Gives the request what is to be moved: whole sectors, which the disk has. */
static uint8_t
transfer_check(const struct disk *disk, struct blk_request *request, uint64_t sector,
               struct iovec *part, unsigned parts)
{
    struct disk_request *base = &request->base;
    uint64_t len = bytes_of(part, parts);

    if (sector > UINT64_MAX / DUET_DISK_SECTOR || len > UINT32_MAX ||
        !disk_has(disk, sector * DUET_DISK_SECTOR, len))
        return STATUS_IO_ERROR;
    base->offset = sector * DUET_DISK_SECTOR;
    base->len = (uint32_t)len;
    base->part = part;
    base->parts = parts;
    base->is_odd = false;
    for (unsigned i = 0; i < parts; i++)
        base->is_odd |= ((uintptr_t)part[i].iov_base | part[i].iov_len) % DUET_DISK_SECTOR != 0;
    return STATUS_OK;
}

static uint8_t
discard_check(const struct disk *disk, struct blk_request *request, struct iovec *part,
              unsigned parts)
{
    struct blk_discard discard;
    uint64_t len;

    /* One range at a time: max_discard_seg. */
    if (bytes_of(part, parts) != sizeof(discard) ||
        !bytes_take(&part, &parts, &discard, sizeof(discard)))
        return STATUS_IO_ERROR;
    len = (uint64_t)discard.sectors * DUET_DISK_SECTOR;
    if (discard.flags || discard.sector > UINT64_MAX / DUET_DISK_SECTOR || len > UINT32_MAX ||
        !disk_has(disk, discard.sector * DUET_DISK_SECTOR, len))
        return discard.flags ? STATUS_UNSUPPORTED : STATUS_IO_ERROR;
    request->base.offset = discard.sector * DUET_DISK_SECTOR;
    request->base.len = (uint32_t)len;
    return STATUS_OK;
}

static void
id_write(const struct disk *disk, struct blk_request *request)
{
    const struct virtqueue_chain *chain = &request->chain;
    char id[ID_BYTES] = {0};

    strncpy(id, disk->name, sizeof(id));
    for (unsigned i = chain->readable, at = 0; i < chain->count && at < ID_BYTES; i++) {
        size_t piece = chain->part[i].iov_len;

        if (piece > ID_BYTES - at)
            piece = ID_BYTES - at;
        memcpy(chain->part[i].iov_base, id + at, piece);
        guest_mem_written(&disk->vm->mem, chain->part[i].iov_base, piece);
        at += (unsigned)piece;
    }
    request->written = ID_BYTES;
}

/* What the chain, without the status, asks for. STATUS_OK: the request is filled in, and its
 * operation is one of the disk's; *is_done: there is none to do. */
static uint8_t
request_check(const struct disk *disk, struct blk_request *request, bool *is_done)
{
    struct virtqueue_chain *chain = &request->chain;
    struct iovec *part = chain->part;
    unsigned readable = chain->readable;
    struct blk_header header;
    bool read_only = disk->file->read_only;

    request->written = 0;
    if (!bytes_take(&part, &readable, &header, sizeof(header)))
        return STATUS_IO_ERROR;
    switch (header.type) {
    case TYPE_IN:
        request->base.op = DUET_DISK_READ;
        part += readable;
        request->written = (uint32_t)bytes_of(part, chain->count - (unsigned)(part - chain->part));
        return transfer_check(disk, request, header.sector, part,
                              chain->count - (unsigned)(part - chain->part));
    case TYPE_OUT:
        request->base.op = DUET_DISK_WRITE;
        return read_only ? STATUS_IO_ERROR
                         : transfer_check(disk, request, header.sector, part, readable);
    case TYPE_FLUSH:
        request->base.op = DUET_DISK_FLUSH;
        request->base.offset = request->base.len = 0;
        return STATUS_OK;
    case TYPE_DISCARD:
        request->base.op = DUET_DISK_DISCARD;
        return read_only ? STATUS_IO_ERROR : discard_check(disk, request, part, readable);
    case TYPE_GET_ID:
        id_write(disk, request);
        *is_done = true;
        return STATUS_OK;
    default:
        return STATUS_UNSUPPORTED;
    }
}

/* --- The front -------------------------------------------------------------------------------- */

/* Gives the chain back to the guest, with the status. */
static void
chain_complete(struct virtio_blk *blk, struct blk_request *request, uint8_t status)
{
    struct virtio_queue *queue = &blk->device.queue[0];

    *(volatile uint8_t *)request->status = status;
    guest_mem_written(&blk->device.vm->mem, request->status, 1);
    virtqueue_put(&queue->queue, request->chain.head,
                  (status == STATUS_OK ? request->written : 0) + 1);
    queue->in_flight--;
    request->base.next_free = blk->free;
    blk->free = &request->base;
    blk->free_count++;
}

static struct disk_request *
take(struct disk_front *front)
{
    struct virtio_blk *blk = of(front);
    struct virtio_queue *queue = &blk->device.queue[0];
    struct blk_request *request = (struct blk_request *)blk->free;
    bool is_done = false;
    uint8_t status;

    if (queue->queue.is_broken || !virtqueue_take(&queue->queue, &request->chain))
        return NULL;
    if (!request->chain.count || !status_take(request)) {
        queue->queue.is_broken = true; /* there is nowhere to say how it went */
        return NULL;
    }
    blk->free = request->base.next_free;
    blk->free_count--;
    queue->in_flight++;
    status = request_check(front->disk, request, &is_done);
    if (status == STATUS_OK && !is_done)
        return &request->base;
    chain_complete(blk, request, status);
    return NULL;
}

static void
complete(struct disk_front *front, struct disk_request *request, uint32_t status)
{
    chain_complete(of(front), (struct blk_request *)request,
                   status == DUET_DISK_OK              ? STATUS_OK
                   : status == DUET_DISK_NOT_SUPPORTED ? STATUS_UNSUPPORTED
                                                       : STATUS_IO_ERROR);
}

static void
take_on(struct disk_front *front)
{
    virtio_queue_take_on(&of(front)->device, 0);
}

static uint32_t
count(struct disk_front *front)
{
    uint32_t waiting = virtqueue_count(&of(front)->device.queue[0].queue);

    return waiting < of(front)->free_count ? waiting : of(front)->free_count;
}

static void
publish(struct disk_front *front)
{
    virtio_queue_publish(&of(front)->device, 0);
}

/* Where all requests are in flight, completing one wakes the thread. */
static bool
sleep_now(struct disk_front *front)
{
    return of(front)->free_count == 0 || virtqueue_sleep(&of(front)->device.queue[0].queue);
}

static const struct disk_front_ops ops = {
    .take_on = take_on,
    .count = count,
    .take = take,
    .complete = complete,
    .publish = publish,
    .sleep = sleep_now,
};

static const struct virtio_kind kind = {
    .name = "virtio-blk",
    .id = VIRTIO_ID_BLOCK,
    .queues = 1,
    .queue_size_max = QUEUE_SIZE,
};

struct virtio_blk *
virtio_blk_create(struct vm *vm, unsigned slot, struct disk *disk)
{
    struct virtio_blk *blk = calloc(1, sizeof(*blk));
    struct blk_config config = {
        .capacity = disk->file->bytes / DUET_DISK_SECTOR,
        .seg_max = DATA_PARTS_MAX,
        .blk_size = DUET_DISK_SECTOR,
        .num_queues = 1,
        .max_discard_sectors = UINT32_MAX / DUET_DISK_SECTOR,
        .max_discard_seg = 1,
        .discard_sector_alignment = 1,
    };

    if (!blk) {
        fail_errno("memory for a virtio disk");
        return NULL;
    }
    for (unsigned i = 0; i < REQUESTS_MAX; i++) {
        blk->request[i].base.front = &blk->front;
        blk->request[i].base.number = i;
        blk->request[i].base.next_free = blk->free;
        blk->free = &blk->request[i].base;
    }
    blk->free_count = REQUESTS_MAX;
    blk->device.kind = &kind;
    blk->device.features = F_SEG_MAX | F_BLK_SIZE | F_FLUSH;
    blk->device.features |= disk->file->read_only ? F_RO : F_DISCARD;
    blk->device.doorbell_fd = disks_doorbell_fd(vm);
    memcpy(blk->device.config, &config, sizeof(config));
    blk->front.ops = &ops;
    if (virtio_device_add(&blk->device, vm, slot)) {
        free(blk);
        return NULL;
    }
    disk_front_add(disk, &blk->front);
    return blk;
}

struct virtio_device *
virtio_blk_device(struct virtio_blk *blk)
{
    return &blk->device;
}

void
virtio_blk_destroy(struct virtio_blk *blk)
{
    free(blk);
}
