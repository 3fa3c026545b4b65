/* A request to a disk: its check, its translation for the host's kernel, its completion. */
#include "vmm/device/disk_request.h"

#include <errno.h>
#include <linux/falloc.h>
#include <stdio.h>

#include <liburing.h>

#include "vmm/device/disk_file.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/counter.h"

const char *const disk_op_name[DISK_OPS] = {
    [DUET_DISK_READ] = "read",
    [DUET_DISK_WRITE] = "write",
    [DUET_DISK_FLUSH] = "flush",
    [DUET_DISK_DISCARD] = "discard",
};

int
disk_init(struct disk *disk, struct vm *vm, unsigned number, const struct disk_file *file,
          int doorbell_fd)
{
    disk->vm = vm;
    disk->file = file;
    snprintf(disk->name, sizeof(disk->name), "disk %u", number);
    disk->track = trace_track(vm->trace, disk->name);
    queue_init(&disk->queue, &(struct queue_config){
                                 .name = disk->name,
                                 .events = &vm->events,
                                 .event = DUET_EVENT_DISK(number),
                                 .doorbell_fd = doorbell_fd,
                                 .size_max = DUET_DISK_QUEUE_MAX,
                                 .request_bytes = sizeof(struct duet_disk_request),
                                 .completion_bytes = sizeof(struct duet_disk_completion),
                             });
    for (unsigned i = 0; i < DUET_DISK_QUEUE_MAX; i++) {
        disk->request[i].disk = disk;
        disk->request[i].next_free = disk->free;
        disk->free = &disk->request[i];
    }
    return queue_doorbell_create(vm->fd, number, doorbell_fd);
}

void
disk_destroy(struct disk *disk)
{
    queue_destroy(&disk->queue);
}

static bool
op_moves_data(uint16_t op)
{
    return op == DUET_DISK_READ || op == DUET_DISK_WRITE;
}

/* Returns DUET_DISK_OK if the request can be tried. Sets *data to its buffer, or to NULL. */
static uint32_t
request_check(const struct disk *disk, const struct duet_disk_request *asked, unsigned char **data)
{
    const struct disk_file *file = disk->file;
    bool moves_data = op_moves_data(asked->op);

    *data = NULL;
    if (asked->op >= DISK_OPS || asked->zero || (!moves_data && asked->buffer))
        return DUET_DISK_INVALID;
    if (asked->op == DUET_DISK_FLUSH)
        return asked->offset || asked->len ? DUET_DISK_INVALID : DUET_DISK_OK;
    if (asked->len == 0 || asked->len % DUET_DISK_SECTOR || asked->offset % DUET_DISK_SECTOR ||
        asked->offset > file->bytes || asked->len > file->bytes - asked->offset ||
        asked->buffer % DUET_DISK_SECTOR)
        return DUET_DISK_INVALID;
    if (moves_data) {
        *data = guest_mem_slice(&disk->vm->mem, asked->buffer, asked->len);
        if (!*data)
            return DUET_DISK_INVALID;
    }
    return file->read_only && asked->op != DUET_DISK_READ ? DUET_DISK_READ_ONLY : DUET_DISK_OK;
}

static void
request_complete(struct disk *disk, const struct duet_disk_request *asked, uint32_t status)
{
    const struct duet_disk_completion completion = {.tag = asked->tag, .status = status};

    queue_complete(&disk->queue, &completion);
}

struct disk_request *
disk_request_take(struct disk *disk)
{
    struct disk_request *request = disk->free;
    uint32_t status;

    queue_take(&disk->queue, &request->asked);
    status = request_check(disk, &request->asked, &request->data);
    if (status != DUET_DISK_OK) {
        request_complete(disk, &request->asked, status);
        return NULL;
    }
    disk->free = request->next_free;
    request->done = 0;
    request->begin = trace_begin(disk->vm->trace);
    return request;
}

void
disk_request_prepare(const struct disk_request *request, struct io_uring_sqe *sqe)
{
    const struct duet_disk_request *asked = &request->asked;
    int fd = request->disk->file->fd;

    switch (asked->op) {
    case DUET_DISK_READ:
        io_uring_prep_read(sqe, fd, request->data + request->done, asked->len - request->done,
                           asked->offset + request->done);
        break;
    case DUET_DISK_WRITE:
        io_uring_prep_write(sqe, fd, request->data + request->done, asked->len - request->done,
                            asked->offset + request->done);
        break;
    case DUET_DISK_FLUSH:
        io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
        break;
    case DUET_DISK_DISCARD:
        io_uring_prep_fallocate(sqe, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, asked->offset,
                                asked->len);
        break;
    }
}

static uint32_t
status_of_errno(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return DUET_DISK_NO_SPACE;
    case EOPNOTSUPP:
    case ENOSYS:
        return DUET_DISK_NOT_SUPPORTED;
    default:
        return DUET_DISK_IO_ERROR;
    }
}

bool
disk_request_finish(struct disk_request *request, int result)
{
    struct disk *disk = request->disk;
    const struct duet_disk_request *asked = &request->asked;
    uint32_t status = DUET_DISK_OK;

    if (result == -EINTR || result == -EAGAIN)
        return false;
    if (result < 0) {
        status = status_of_errno(-result);
    } else if (op_moves_data(asked->op)) {
        request->done += (uint32_t)result;
        if (result > 0 && request->done < asked->len)
            return false;
        if (request->done < asked->len) /* the image has become shorter */
            status = DUET_DISK_IO_ERROR;
    }
    if (disk->vm->trace)
        trace_end_async(disk->vm->trace, disk->track, request->begin,
                        (unsigned)(request - disk->request), disk_op_name[asked->op],
                        TRACE_ARGS({"offset", asked->offset}, {"len", asked->len}),
                        result < 0 ? result : (int64_t)request->done);
    counter_add(&disk->count[asked->op], 1);
    counter_add(&disk->bytes[asked->op], request->done);
    request_complete(disk, asked, status);
    request->next_free = disk->free;
    disk->free = request;
    return true;
}
