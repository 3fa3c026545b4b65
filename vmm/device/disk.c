/*
 * The guest's disks (abi/disk.h). A thread of their own takes requests from the guest's queues, has
 * the host's kernel serve them by io_uring, several at a time, and hands the completions back. KVM
 * itself takes the doorbells (ioeventfd): a guest's request takes no exit to duet.
 *
 * The guest writes to a queue as it likes, while we read it. What we rely on is here: the rings'
 * ends, and a copy of each request that was taken.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <linux/kvm.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <liburing.h>

#include "abi/disk.h"
#include "abi/memory.h"
#include "common/ring.h"
#include "vmm/call/hypercall.h"
#include "vmm/device/device.h"
#include "vmm/device/disk_file.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/trace/counter.h"

#define THREAD_STACK_SIZE (64 << 10)

/* Entries that can be handed to the kernel at once, and what it can have done before we look: all
 * that all disks can have in flight, and the doorbell. */
#define SUBMIT_SIZE   128
#define COMPLETE_SIZE (2 * DUET_DISKS * DUET_DISK_QUEUE_MAX)

/* Kernel threads for what cannot be done without one, such as fdatasync. */
#define WORKERS_MAX 4

/* The system calls of the disks' thread, and of who starts it. */
static const struct sandbox_group io_calls =
    SANDBOX_GROUP(SANDBOX_CALL(io_uring_enter), SANDBOX_CALL(io_uring_register));
static const struct sandbox_group setup_calls = SANDBOX_GROUP(SANDBOX_CALL(io_uring_setup));
static const struct sandbox_kind thread_kind = {
    "disks",
    {&io_calls, &sandbox_every_thread, &sandbox_interrupt, &sandbox_poll, &sandbox_terminal},
};

/* By operation, DUET_DISK_READ and so on. */
static const char *const op_name[] = {"read", "write", "flush", "discard"};

struct disk;

/* A request that the host's kernel works on. */
struct disk_io {
    struct disk *disk;
    struct disk_io *next_free;
    struct duet_disk_request request; /* our copy, checked */
    unsigned char *data;              /* the guest's buffer */
    uint32_t done;                    /* bytes */
    uint64_t begin;                   /* trace_begin() */
};

struct disk {
    const struct disk_file *file; /* set before the thread runs */
    struct disks *disks;          /* likewise */
    unsigned track;               /* likewise; in the trace */

    /* The disks' thread's. */
    struct ring_end requests;
    bool stopped; /* there is no queue, or its tail made no sense */
    bool told;    /* of the latter */
    struct disk_io io[DUET_DISK_QUEUE_MAX];
    struct disk_io *free;
    uint32_t in_flight;
    uint64_t count[4], bytes[4]; /* served, by operation */

    pthread_mutex_t lock;        /* guards what follows; taken before the events' */
    struct ring_end completions; /* but for its index, and the slots: the thread's */
    bool started;
    bool wants_start; /* a vCPU waits for the thread to take on the queue `next` */
    struct {
        struct duet_queue *queue; /* NULL: none */
        uint32_t size;
    } next;
    pthread_cond_t taken_on;
};

struct disks {
    struct vm *vm;
    unsigned count; /* of disks */
    int doorbell;   /* an eventfd; KVM writes it, and we to have the thread look; never read */
    struct io_uring uring;
    pthread_t thread;
    bool running; /* the thread was started */
    atomic_bool stop;
    struct disk *disk[DUET_DISKS];
};

static struct io_uring_sqe *
sqe_get(struct disks *disks)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&disks->uring);

    while (!sqe) { /* full: hand over what is there */
        int result = io_uring_submit(&disks->uring);

        if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY) {
            errno = -result;
            fail_errno("io_uring_submit");
            abort(); /* of all that can go wrong only our own mistakes are left */
        }
        sqe = io_uring_get_sqe(&disks->uring);
    }
    return sqe;
}

/* Has each ring of the doorbell wake the thread: the poll goes on, and reports what is written to
 * the eventfd, not what it holds, so that nothing has to read it. */
static void
doorbell_arm(struct disks *disks)
{
    struct io_uring_sqe *sqe = sqe_get(disks);

    io_uring_prep_poll_multishot(sqe, disks->doorbell, POLLIN);
    io_uring_sqe_set_data(sqe, NULL);
}

static void
thread_wake(struct disks *disks)
{
    uint64_t one = 1;

    if (write(disks->doorbell, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

/* With the lock held. */
static void
event_update(struct disk *disk, unsigned number)
{
    event_set(&disk->disks->vm->events, DUET_EVENT_DISK(number),
              disk->started && ring_is_beyond_wake(&disk->completions));
}

static void
look(struct vm *vm, uint64_t enabled)
{
    struct disks *disks = vm->device[DEVICE_disk];

    (void)enabled;
    for (unsigned number = 0; disks && number < disks->count; number++) {
        struct disk *disk = disks->disk[number];

        /* With the lock from looking to setting: or a completion in between would be forgotten. */
        pthread_mutex_lock(&disk->lock);
        event_update(disk, number);
        pthread_mutex_unlock(&disk->lock);
    }
}

static void
complete(struct disk *disk, const struct duet_disk_request *request, uint32_t status)
{
    const struct duet_disk_completion completion = {.tag = request->tag, .status = status};

    ring_put(&disk->completions, &completion);
}

/* Hands the completions to the guest. */
static void
publish(struct disk *disk, unsigned number)
{
    if (disk->completions.index == disk->completions.published)
        return; /* no other thread changes these two */
    pthread_mutex_lock(&disk->lock);
    if (ring_publish(&disk->completions))
        event_update(disk, number);
    pthread_mutex_unlock(&disk->lock);
}

/* DUET_DISK_OK if it can be tried. Sets *data to the buffer. */
static uint32_t
request_check(const struct disk *disk, const struct duet_disk_request *request,
              unsigned char **data)
{
    const struct disk_file *file = disk->file;
    bool moves_data = request->op == DUET_DISK_READ || request->op == DUET_DISK_WRITE;

    *data = NULL;
    if (request->op > DUET_DISK_DISCARD || request->zero || (!moves_data && request->buffer))
        return DUET_DISK_INVALID;
    if (request->op == DUET_DISK_FLUSH)
        return request->offset || request->len ? DUET_DISK_INVALID : DUET_DISK_OK;
    if (request->len == 0 || request->len % DUET_DISK_SECTOR ||
        request->offset % DUET_DISK_SECTOR || request->offset > file->bytes ||
        request->len > file->bytes - request->offset || request->buffer % DUET_DISK_SECTOR)
        return DUET_DISK_INVALID;
    if (moves_data) {
        *data = guest_mem_slice(&disk->disks->vm->mem, request->buffer, request->len);
        if (!*data)
            return DUET_DISK_INVALID;
    }
    return file->read_only && request->op != DUET_DISK_READ ? DUET_DISK_READ_ONLY : DUET_DISK_OK;
}

/* Gives what is left of it to the kernel. */
static void
io_submit(struct disk_io *io)
{
    const struct duet_disk_request *request = &io->request;
    struct io_uring_sqe *sqe = sqe_get(io->disk->disks);
    int fd = io->disk->file->fd;

    switch (request->op) {
    case DUET_DISK_READ:
        io_uring_prep_read(sqe, fd, io->data + io->done, request->len - io->done,
                           request->offset + io->done);
        break;
    case DUET_DISK_WRITE:
        io_uring_prep_write(sqe, fd, io->data + io->done, request->len - io->done,
                            request->offset + io->done);
        break;
    case DUET_DISK_FLUSH:
        io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
        break;
    case DUET_DISK_DISCARD:
        io_uring_prep_fallocate(sqe, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                request->offset, request->len);
        break;
    }
    io_uring_sqe_set_data(sqe, io);
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

/* The kernel is done with it, or with a part. */
static void
io_finish(struct disk_io *io, int result)
{
    struct disk *disk = io->disk;
    uint16_t op = io->request.op;
    bool moves_data = op == DUET_DISK_READ || op == DUET_DISK_WRITE;
    uint32_t status = DUET_DISK_OK;

    if (result == -EINTR || result == -EAGAIN) {
        io_submit(io);
        return;
    }
    if (result < 0) {
        status = status_of_errno(-result);
    } else if (moves_data) {
        io->done += (uint32_t)result;
        if (result > 0 && io->done < io->request.len) {
            io_submit(io);
            return;
        }
        if (io->done < io->request.len) /* the image has become shorter */
            status = DUET_DISK_IO_ERROR;
    }
    if (disk->disks->vm->trace)
        trace_end_async(disk->disks->vm->trace, disk->track, io->begin, (unsigned)(io - disk->io),
                        op_name[op],
                        TRACE_ARGS({"offset", io->request.offset}, {"len", io->request.len}),
                        result < 0 ? result : (int64_t)io->done);
    counter_add(&disk->count[op], 1);
    counter_add(&disk->bytes[op], io->done);
    complete(disk, &io->request, status);
    io->next_free = disk->free;
    disk->free = io;
    disk->in_flight--;
}

/* Takes what the guest has put, up to what may be in flight. Whether there was anything. */
static bool
requests_take(struct disk *disk, unsigned number)
{
    uint32_t count = disk->stopped ? 0 : ring_count(&disk->requests);
    bool any = false;

    if (count > disk->requests.size) {
        disk->stopped = true;
        if (disk->told)
            return false;
        disk->told = true;
        fail("disk %u: the guest's queue of %" PRIu32 " has a tail %" PRIu32
             " entries ahead: no more of it is served",
             number, disk->requests.size, count);
        return false;
    }
    for (; count > 0 && disk->in_flight < disk->requests.size; count--) {
        struct disk_io *io = disk->free;
        uint32_t status;

        ring_take(&disk->requests, &io->request);
        any = true;
        status = request_check(disk, &io->request, &io->data);
        if (status != DUET_DISK_OK) {
            complete(disk, &io->request, status);
            continue;
        }
        disk->free = io->next_free;
        disk->in_flight++;
        io->done = 0;
        io->begin = trace_begin(disk->disks->vm->trace);
        io_submit(io);
    }
    return any;
}

/* Takes on the queue that a vCPU waits for, once the old one's requests are done. */
static void
queue_take_on(struct disk *disk, unsigned number)
{
    pthread_mutex_lock(&disk->lock);
    if (disk->wants_start && disk->in_flight == 0) {
        struct duet_queue *queue = disk->next.queue;
        uint32_t size = disk->next.size;

        disk->started = queue;
        disk->stopped = !queue;
        if (queue) {
            struct duet_disk_request *requests = (struct duet_disk_request *)(queue + 1);

            ring_end_init(&disk->requests, &queue->requests, requests, size,
                          sizeof(struct duet_disk_request));
            ring_end_init(&disk->completions, &queue->completions, requests + size, size,
                          sizeof(struct duet_disk_completion));
        }
        event_update(disk, number);
        disk->wants_start = false;
        pthread_cond_broadcast(&disk->taken_on);
    }
    pthread_mutex_unlock(&disk->lock);
}

/* Whether nothing has come that the doorbell will not be rung for. */
static bool
may_sleep(struct disk *disk)
{
    bool full = disk->in_flight == disk->requests.size; /* the next completion wakes us */

    return disk->stopped || full || ring_sleep(&disk->requests, 1);
}

static bool
is_idle(const struct disks *disks)
{
    for (unsigned number = 0; number < disks->count; number++)
        if (disks->disk[number]->in_flight)
            return false;
    return true;
}

static void
completions_reap(struct disks *disks)
{
    struct io_uring_cqe *cqe;
    unsigned head, count = 0;

    io_uring_for_each_cqe(&disks->uring, head, cqe)
    {
        struct disk_io *io = io_uring_cqe_get_data(cqe);

        count++;
        if (io)
            io_finish(io, cqe->res);
        else if (!(cqe->flags & IORING_CQE_F_MORE)) /* the kernel may end it at any time */
            doorbell_arm(disks);
    }
    io_uring_cq_advance(&disks->uring, count);
}

/* Looks at each disk once, and waits for the kernel, for I/O or for the doorbell, if there is
 * nothing to do. With `stop` it takes nothing more. */
static void
disks_round(struct disks *disks, bool stop)
{
    bool busy = false;

    for (unsigned number = 0; number < disks->count; number++) {
        struct disk *disk = disks->disk[number];

        queue_take_on(disk, number);
        if (!stop)
            busy |= requests_take(disk, number);
        publish(disk, number);
    }
    for (unsigned number = 0; number < disks->count && !busy && !stop; number++)
        busy = !may_sleep(disks->disk[number]);
    if (busy)
        io_uring_submit_and_get_events(&disks->uring);
    else
        io_uring_submit_and_wait(&disks->uring, 1);
    completions_reap(disks);
}

/* The thread. */
static void *
disks_main(void *arg)
{
    struct disks *disks = arg;
    bool stop = false;

    sandbox_thread(&thread_kind);
    io_uring_enable_rings(&disks->uring); /* this thread is the one that submits */
    doorbell_arm(disks);
    while (!(stop && is_idle(disks))) {
        disks_round(disks, stop);
        stop = atomic_load(&disks->stop);
    }
    return NULL;
}

/* Leaves the ring the operations that disks need: what goes through it meets no system-call filter.
 * 0 or a negative errno. */
static int
operations_restrict(struct io_uring *uring)
{
    struct io_uring_restriction allowed[] = {
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_POLL_ADD},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_READ},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_WRITE},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_FSYNC},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_FALLOCATE},
    };

    return io_uring_register_restrictions(uring, allowed, sizeof(allowed) / sizeof(allowed[0]));
}

static int
thread_start(struct disks *disks)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED |
                 IORING_SETUP_CQSIZE,
        .cq_entries = COMPLETE_SIZE,
    };
    unsigned workers[2] = {WORKERS_MAX, WORKERS_MAX};
    sigset_t all, before;
    pthread_attr_t attr;
    int error = io_uring_queue_init_params(SUBMIT_SIZE, &disks->uring, &params);

    disks->uring.ring_fd = error ? -1 : disks->uring.ring_fd;
    if (error) {
        errno = -error;
        return fail_errno("disks need Linux 6.1 with io_uring, which cannot be set up here");
    }
    io_uring_register_iowq_max_workers(&disks->uring, workers);
    error = operations_restrict(&disks->uring);
    if (error) {
        errno = -error;
        return fail_errno("cannot restrict the disks' io_uring");
    }
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK_SIZE);
    /* Signals are for the vCPU threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&disks->thread, &attr, disks_main, disks);
    disks->running = errno == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return disks->running ? 0 : fail_errno("cannot start the disks' thread");
}

/* Has KVM write to the eventfd at a guest's store to the disk's doorbell. */
static int
doorbell_create(struct disks *disks, unsigned number)
{
    struct kvm_ioeventfd ioeventfd = {
        .addr = DUET_DOORBELL(number),
        .len = DUET_DOORBELL_SIZE,
        .fd = disks->doorbell,
    };

    return ioctl(disks->vm->fd, KVM_IOEVENTFD, &ioeventfd) ? fail_errno("KVM_IOEVENTFD") : 0;
}

static int
disk_create(struct disks *disks, const struct disk_file *file)
{
    struct disk *disk = calloc(1, sizeof(*disk));
    unsigned number = disks->count;
    char name[16];

    if (!disk)
        return fail_errno("memory for a disk");
    disks->disk[disks->count++] = disk;
    disk->file = file;
    disk->disks = disks;
    snprintf(name, sizeof(name), "disk %u", number);
    disk->track = trace_track(disks->vm->trace, name);
    disk->stopped = true;
    pthread_mutex_init(&disk->lock, NULL);
    pthread_cond_init(&disk->taken_on, NULL);
    for (unsigned i = 0; i < DUET_DISK_QUEUE_MAX; i++) {
        disk->io[i].disk = disk;
        disk->io[i].next_free = disk->free;
        disk->free = &disk->io[i];
    }
    return doorbell_create(disks, number);
}

static void
disks_destroy(struct disks *disks)
{
    if (disks->running) {
        atomic_store(&disks->stop, true);
        thread_wake(disks);
        pthread_join(disks->thread, NULL);
    }
    if (disks->uring.ring_fd >= 0)
        io_uring_queue_exit(&disks->uring);
    if (disks->doorbell >= 0)
        close(disks->doorbell);
    for (unsigned number = 0; number < disks->count; number++) {
        struct disk *disk = disks->disk[number];

        pthread_cond_destroy(&disk->taken_on);
        pthread_mutex_destroy(&disk->lock);
        free(disk);
    }
    free(disks);
}

static struct disks *
disks_create(struct vm *vm, const struct disk_file *file, unsigned count)
{
    struct disks *disks = calloc(1, sizeof(*disks));

    if (!disks) {
        fail_errno("memory for the disks");
        return NULL;
    }
    *disks = (struct disks){.vm = vm, .uring.ring_fd = -1};
    disks->doorbell = eventfd(0, EFD_CLOEXEC);
    if (disks->doorbell < 0) {
        fail_errno("eventfd");
    } else {
        while (disks->count < count && disk_create(disks, &file[disks->count]) == 0)
            ;
        if (disks->count == count && thread_start(disks) == 0)
            return disks;
    }
    disks_destroy(disks);
    return NULL;
}

static int
create(struct vm *vm)
{
    if (disk_file_count)
        vm->device[DEVICE_disk] = disks_create(vm, disk_files, disk_file_count);
    return disk_file_count && !vm->device[DEVICE_disk] ? -1 : 0;
}

static void
destroy(struct vm *vm)
{
    disks_destroy(vm->device[DEVICE_disk]);
    vm->device[DEVICE_disk] = NULL;
}

static void
counts_print(const struct vm *vm, FILE *to)
{
    const struct disks *disks = vm->device[DEVICE_disk];

    for (unsigned number = 0; disks && number < disks->count; number++)
        for (unsigned op = 0; op < sizeof(op_name) / sizeof(op_name[0]); op++)
            if (counter_read(&disks->disk[number]->count[op]))
                fprintf(to, "  disk %u %-9s %12" PRIu64 " %12s %12" PRIu64 "\n", number,
                        op_name[op], counter_read(&disks->disk[number]->count[op]), "",
                        counter_read(&disks->disk[number]->bytes[op]));
}

struct sbi_ret
hc_disk_info(struct vcpu *vcpu, uint64_t number, void *info, uint64_t info_len)
{
    const struct disks *disks = vcpu->vm->device[DEVICE_disk];
    struct duet_disk_info ours = {.queue_max = DUET_DISK_QUEUE_MAX};

    if (!disks || number >= disks->count)
        return sbi_error(DUET_ERR_NO_DEVICE);
    ours.bytes = disks->disk[number]->file->bytes;
    ours.flags = disks->disk[number]->file->read_only ? DUET_DISK_IS_READ_ONLY : 0;
    if (info_len > sizeof(ours))
        info_len = sizeof(ours);
    memcpy(info, &ours, info_len);
    return sbi_value(info_len);
}

struct sbi_ret
hc_disk_start(struct vcpu *vcpu, uint64_t number, uint64_t size, const void *queue,
              uint64_t queue_len)
{
    struct disks *disks = vcpu->vm->device[DEVICE_disk];
    struct disk *disk;

    if (!disks || number >= disks->count)
        return sbi_error(DUET_ERR_NO_DEVICE);
    if (size > DUET_DISK_QUEUE_MAX || size & (size - 1) ||
        queue_len !=
            (size ? DUET_QUEUE_BYTES(size, struct duet_disk_request, struct duet_disk_completion)
                  : 0))
        return sbi_error(SBI_ERR_INVALID_PARAM);
    if (size && (uintptr_t)queue % DUET_QUEUE_ALIGN) /* RAM begins at a page, here as there */
        return sbi_error(SBI_ERR_INVALID_ADDRESS);
    disk = disks->disk[number];
    pthread_mutex_lock(&disk->lock);
    while (disk->wants_start) /* another hart's */
        pthread_cond_wait(&disk->taken_on, &disk->lock);
    disk->next.queue = size ? (void *)(uintptr_t)queue : NULL;
    disk->next.size = (uint32_t)size;
    disk->wants_start = true;
    thread_wake(disks);
    while (disk->wants_start)
        pthread_cond_wait(&disk->taken_on, &disk->lock);
    pthread_mutex_unlock(&disk->lock);
    return sbi_value(0);
}

const struct device device_disk = {
    .name = "disks",
    .options = &disk_options,
    .open = disk_files_open,
    .close = disk_files_close,
    .thread = &thread_kind,
    .owner_calls = &setup_calls,
    .create = create,
    .destroy = destroy,
    .look = look,
    .stats_print = counts_print,
};
