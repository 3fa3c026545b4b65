/* Requests to a disk in terms of the host's kernel. */
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

void
disk_init(struct disk *disk, struct vm *vm, unsigned number, const struct image_file *file)
{
    disk->vm = vm;
    disk->file = file;
    snprintf(disk->name, sizeof(disk->name), "disk %u", number);
    disk->track = trace_track(vm->trace, disk->name);
}

void
disk_front_add(struct disk *disk, struct disk_front *front)
{
    unsigned at = 0;

    front->disk = disk;
    while (atomic_load(&disk->front[at]))
        at++;
    atomic_store(&disk->front[at], front);
}

bool
disk_has(const struct disk *disk, uint64_t offset, uint64_t len)
{
    uint64_t bytes = disk->file->bytes;

    return len > 0 && len % DUET_DISK_SECTOR == 0 && offset % DUET_DISK_SECTOR == 0 &&
           offset <= bytes && len <= bytes - offset;
}

void
disk_request_begin(struct disk_request *request)
{
    struct disk *disk = request->front->disk;

    request->done = 0;
    request->begin = trace_begin(disk->vm->trace);
    disk->in_flight++;
}

static void
transfer_prepare(const struct disk_request *request, struct io_uring_sqe *sqe)
{
    const struct image_file *file = request->front->disk->file;
    uint64_t offset = request->offset + request->done;
    /* Direct I/O is for whole sectors of memory, too. */
    int fd = request->is_odd ? file->cached_fd : file->fd;
    const struct iovec *part = request->part;

    if (request->op == DUET_DISK_READ && request->parts == 1)
        io_uring_prep_read(sqe, fd, part->iov_base, (unsigned)part->iov_len, offset);
    else if (request->op == DUET_DISK_READ)
        io_uring_prep_readv(sqe, fd, part, request->parts, offset);
    else if (request->parts == 1)
        io_uring_prep_write(sqe, fd, part->iov_base, (unsigned)part->iov_len, offset);
    else
        io_uring_prep_writev(sqe, fd, part, request->parts, offset);
}

void
disk_request_prepare(const struct disk_request *request, struct io_uring_sqe *sqe)
{
    int fd = request->front->disk->file->fd;

    switch (request->op) {
    case DUET_DISK_READ:
    case DUET_DISK_WRITE:
        transfer_prepare(request, sqe);
        break;
    case DUET_DISK_FLUSH:
        io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
        break;
    case DUET_DISK_DISCARD:
        io_uring_prep_fallocate(sqe, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                request->offset, request->len);
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

/* Whatever came of a read: what is left of its parts may have been written to. */
static void
parts_mark(const struct disk_request *request, const struct guest_mem *mem)
{
    for (unsigned i = 0; i < request->parts; i++)
        guest_mem_written(mem, request->part[i].iov_base, request->part[i].iov_len);
}

/* Takes the first `bytes` away from the parts that are left. */
static void
parts_advance(struct disk_request *request, size_t bytes)
{
    request->done += (uint32_t)bytes;
    while (bytes > 0) {
        struct iovec *part = request->part;

        if (bytes < part->iov_len) {
            part->iov_base = (char *)part->iov_base + bytes;
            part->iov_len -= bytes;
            return;
        }
        bytes -= part->iov_len;
        request->part++;
        request->parts--;
    }
}

bool
disk_request_finish(struct disk_request *request, int result)
{
    struct disk_front *front = request->front;
    struct disk *disk = front->disk;
    uint16_t op = request->op;
    uint32_t status = DUET_DISK_OK;

    if (op == DUET_DISK_READ && disk->vm->mem.written)
        parts_mark(request, &disk->vm->mem);
    if (result == -EINTR || result == -EAGAIN)
        return false;
    if (result < 0) {
        status = status_of_errno(-result);
    } else if (op == DUET_DISK_READ || op == DUET_DISK_WRITE) {
        parts_advance(request, (size_t)result);
        if (result > 0 && request->done < request->len)
            return false;
        if (request->done < request->len) /* the image has become shorter */
            status = DUET_DISK_IO_ERROR;
    }
    if (disk->vm->trace)
        trace_end_async(disk->vm->trace, disk->track, request->begin, request->number,
                        disk_op_name[op],
                        TRACE_ARGS({"offset", request->offset}, {"len", request->len}),
                        result < 0 ? result : (int64_t)request->done);
    counter_add(&disk->count[op], 1);
    counter_add(&disk->bytes[op], request->done);
    disk->in_flight--;
    front->ops->complete(front, request, status);
    return true;
}
