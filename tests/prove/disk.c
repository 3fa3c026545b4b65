/*
 * Requests to a disk: what the guest asks for is checked, and what then goes to the kernel is in
 * RAM and in the image, whatever the kernel answers. The image is of any size; RAM is at any
 * address.
 */
#include "tests/prove/ram_noted.h"
#include "tests/prove/vm_head.h"

#include "vmm/device/disk_queue.c"

#include <errno.h>
#include <liburing.h>

#include "vmm/device/disk_file.h"

/* with: vmm/device/disk_request.c common/ring.c tests/prove/log.c */

#define RAM_BYTES 8192

static unsigned char ram[RAM_BYTES];
static struct disk disk;
static struct image_file file;
static struct disk_queue disk_queue;
static uint32_t completed_status;
static unsigned completed;

/* The queue that these belong to is not here: a proof of its own (queue.c). */
void
queue_init(struct queue *queue, const struct queue_config *config)
{
    (void)queue, (void)config;
}

void
queue_destroy(struct queue *queue)
{
    (void)queue;
}

int
queue_doorbell_create(int vm_fd, unsigned number, int doorbell_fd)
{
    (void)vm_fd, (void)number, (void)doorbell_fd;
    return 0;
}

void
queue_start_serve(struct queue *queue)
{
    (void)queue;
}

void
queue_tail_report(struct queue *queue, uint32_t count)
{
    (void)queue, (void)count;
}

void
queue_completions_publish(struct queue *queue)
{
    (void)queue;
}

unsigned
trace_track(struct trace *trace, const char *name)
{
    (void)trace, (void)name;
    return 0;
}

void
trace_end_async(struct trace *trace, unsigned track, uint64_t begin, unsigned id, const char *name,
                const struct trace_arg *arg, size_t arg_count, int64_t result)
{
    (void)trace, (void)track, (void)begin, (void)id, (void)name, (void)arg, (void)arg_count;
    (void)result;
}

static void
note_completion(struct disk_front *front, struct disk_request *request, uint32_t status)
{
    (void)front, (void)request;
    completed++;
    completed_status = status;
}

static const struct disk_front_ops noting = {.complete = note_completion};

static void
any_disk(void)
{
    disk.vm = vm_with_ram((struct guest_mem){
        .base = prove_below("RAM's address", UINT64_MAX - RAM_BYTES),
        .size = RAM_BYTES,
        .hva = ram,
        .written = any_notes(),
    });
    file.bytes = prove_below("bytes of the image", INT64_MAX);
    file.read_only = prove_bool("read only");
    file.fd = 5;
    file.cached_fd = 6;
    disk.file = &file;
    disk_queue.front = (struct disk_front){.ops = &noting, .disk = &disk};
}

static bool
is_in_ram(const struct iovec *part)
{
    uint64_t offset = (uint64_t)((unsigned char *)part->iov_base - ram);

    return offset <= RAM_BYTES && part->iov_len <= RAM_BYTES - offset;
}

PROVE(disk_request_check, 2, QUICK)
{
    struct duet_disk_request asked;
    static struct disk_queue_request request;
    const struct disk_request *base = &request.base;
    uint32_t status;

    any_disk();
    prove_fill("request", &asked, sizeof(asked));
    status = request_check(&disk, &asked, &request);
    if (status != DUET_DISK_OK) {
        prove_check(status == DUET_DISK_INVALID ||
                        (status == DUET_DISK_READ_ONLY && file.read_only),
                    "why it is refused");
        return;
    }
    prove_check(asked.op < DISK_OPS && base->op == asked.op, "an operation that there is");
    prove_check(!file.read_only || base->op == DUET_DISK_READ || base->op == DUET_DISK_FLUSH,
                "an image that is read only is not written to");
    if (base->op == DUET_DISK_FLUSH)
        return;
    prove_check(base->len > 0 && base->len % 512 == 0 && base->offset % 512 == 0,
                "whole sectors, and some");
    prove_check(base->offset < file.bytes && base->len <= file.bytes - base->offset,
                "in the image");
    if (base->op != DUET_DISK_DISCARD)
        prove_check(base->parts == 1 && base->part->iov_len == base->len && is_in_ram(base->part),
                    "the buffer is in RAM");
}

/* Flushing an image that is read only is no harm: nothing was written. It is refused as a write is,
 * or not, by request_check() alone. */

/* A request in the middle of its life: two parts are left, somewhere in RAM. */
static struct iovec part[2];

static void
any_request(struct disk_request *request)
{
    any_disk();
    *request = (struct disk_request){.front = &disk_queue.front, .part = part};
    request->op = (uint16_t)prove_below("operation", DISK_OPS);
    request->is_odd = prove_bool("odd");
    request->parts = 1 + (unsigned)prove_below("parts - 1", 2);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t at = prove_below("offset of the part in RAM", RAM_BYTES);

        part[i] = (struct iovec){.iov_base = ram + at,
                                 .iov_len = 1 + prove_below("its length - 1", RAM_BYTES - at)};
    }
    request->done = (uint32_t)prove_below("done", RAM_BYTES);
    request->len = request->done + (uint32_t)part[0].iov_len +
                   (request->parts > 1 ? (uint32_t)part[1].iov_len : 0);
    request->offset = prove_u64("offset");
    prove_assume(request->offset <= file.bytes && request->len <= file.bytes - request->offset);
    disk.in_flight = 1;
}

static uint64_t
left(const struct disk_request *request)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < request->parts && i < 2; i++)
        bytes += request->part[i].iov_len;
    return bytes;
}

/* The kernel answers with an error, or that it moved some of what it was given, or nothing. */
PROVE(disk_request_finish, 3, LONG)
{
    struct disk_request request;
    int result = (int)prove_u32("result");
    uint64_t before;
    bool is_done, moves;
    const struct iovec *written = &part[0];

    any_request(&request);
    if (request.parts > 1 && prove_bool("a byte of the second part"))
        written = &part[1];
    noted.byte = (unsigned char *)written->iov_base + prove_below("its offset", written->iov_len);
    moves = request.op == DUET_DISK_READ || request.op == DUET_DISK_WRITE;
    before = left(&request);
    prove_assume(result >= -4095 && result <= (moves ? (int64_t)before : 0));
    is_done = disk_request_finish(&request, result);
    prove_check(noted.is == (request.op == DUET_DISK_READ && vm_head.mem.written),
                "all that a read may have written to is noted, and nothing of the others");
    prove_check(completed == is_done && disk.in_flight == !is_done,
                "it is completed once, or goes on");
    if (is_done) {
        prove_check((completed_status == DUET_DISK_OK) ==
                        (moves ? result >= 0 && (uint64_t)result == before : result == 0),
                    "good only if all of it was done");
        return;
    }
    prove_check(request.parts >= 1 && request.parts <= 2 && left(&request) > 0 &&
                    left(&request) == request.len - request.done,
                "what is left is the rest");
    prove_check(is_in_ram(&request.part[0]) && is_in_ram(&request.part[request.parts - 1]),
                "and is in RAM");
    prove_check(left(&request) < before || result == -EINTR || result == -EAGAIN,
                "it ends: each answer moves it on");
}

PROVE(disk_request_prepare, 3, LONG)
{
    struct disk_request request;
    struct io_uring_sqe sqe = {0};

    any_request(&request);
    disk_request_prepare(&request, &sqe);
    if (request.op == DUET_DISK_FLUSH) {
        prove_check(sqe.opcode == IORING_OP_FSYNC, "a flush");
        return;
    }
    if (request.op == DUET_DISK_DISCARD) {
        prove_check(sqe.opcode == IORING_OP_FALLOCATE && sqe.off == request.offset &&
                        sqe.addr == request.len,
                    "a discard of this range");
        return;
    }
    prove_check(sqe.fd == (request.is_odd ? file.cached_fd : file.fd), "the image");
    prove_check(sqe.off == request.offset + request.done && sqe.off < file.bytes &&
                    left(&request) <= file.bytes - sqe.off,
                "where it goes on, in the image");
    if (request.parts == 1)
        prove_check(sqe.opcode ==
                            (request.op == DUET_DISK_READ ? IORING_OP_READ : IORING_OP_WRITE) &&
                        sqe.addr == (uintptr_t)part[0].iov_base && sqe.len == part[0].iov_len,
                    "the part that is left");
    else
        prove_check(sqe.opcode ==
                            (request.op == DUET_DISK_READ ? IORING_OP_READV : IORING_OP_WRITEV) &&
                        sqe.addr == (uintptr_t)part && sqe.len == 2,
                    "both parts");
}
