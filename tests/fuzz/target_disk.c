/*
 * The disks' rings: the input is what a guest does to its RAM, its queues and the doorbells, and
 * what the host's kernel answers. The files with the disks' thread and with the call that waits for
 * it are included, because the thread is not one here: the target lets it go round after round, in
 * between the guest's steps, so that an input always does the same. io_uring is liburing's part of
 * it, with this file as the kernel: it completes in any order, with short counts and errors.
 */
#include <liburing.h>
#include <pthread.h>

/* The thread's and the waiting vCPU's turns. */
static void thread_turn(pthread_mutex_t *lock);
static int thread_end(void);
#define pthread_create(thread, attr, main, arg) ((void)(main), 0)
#define pthread_join(thread, result)            thread_end()
#define pthread_cond_wait(cond, lock)           thread_turn(lock)
#include "vmm/device/disk.c"
#include "vmm/device/disk_io.c"
#include "vmm/device/queue.c"
#undef pthread_cond_wait
#undef pthread_join
#undef pthread_create

#include "tests/fuzz/fake_vm.h"
#include "tests/fuzz/fuzz.h"

#define DISKS     2
#define NUMBERS   3 /* that the guest uses: there is no disk 2 */
#define DISK_SIZE 0x8000
#define STEPS_MAX 256

enum { POKE, PUT, TAIL, START, COMPLETE, ROUND, WAKE, INFO, STEPS };

/* Disk 1 is read-only. Nothing is really read or written: this file plays the kernel. */
static const struct image_file file[DISKS] = {
    {.path = "disk0", .fd = 1000, .bytes = DISK_SIZE},
    {.path = "disk1", .fd = 1001, .bytes = DISK_SIZE, .read_only = true},
};

static struct disks *served;

/* --- the kernel ------------------------------------------------------------------------------- */

static struct {
    unsigned sq_head, sq_tail, cq_head, cq_tail;
    struct io_uring_sqe sqe[SUBMIT_SIZE];
    struct io_uring_sqe pending[COMPLETE_SIZE];
    unsigned count; /* of the pending */
} kernel;

/* COMPLETE_SIZE of them. */
static struct io_uring_cqe *cqe;

/* What duet may write to: 1, a queue or the target of a read. */
static uint8_t allowed[FAKE_RAM];
static uint8_t shadow[FAKE_RAM]; /* what the guest wrote */

int
io_uring_queue_init_params(unsigned entries, struct io_uring *ring, struct io_uring_params *params)
{
    fuzz_check(entries == SUBMIT_SIZE && params->cq_entries == COMPLETE_SIZE, "another ring");
    if (!cqe)
        cqe = calloc(COMPLETE_SIZE, sizeof(*cqe));
    fuzz_check(cqe, "no memory");
    memset(&kernel, 0, sizeof(kernel));
    memset(ring, 0, sizeof(*ring));
    ring->sq = (struct io_uring_sq){.khead = &kernel.sq_head,
                                    .ktail = &kernel.sq_tail,
                                    .sqes = kernel.sqe,
                                    .ring_mask = SUBMIT_SIZE - 1,
                                    .ring_entries = SUBMIT_SIZE};
    ring->cq = (struct io_uring_cq){.khead = &kernel.cq_head,
                                    .ktail = &kernel.cq_tail,
                                    .cqes = cqe,
                                    .ring_mask = COMPLETE_SIZE - 1,
                                    .ring_entries = COMPLETE_SIZE};
    return 0;
}

void
io_uring_queue_exit(struct io_uring *ring)
{
    (void)ring;
}

int
io_uring_enable_rings(struct io_uring *ring)
{
    (void)ring;
    return 0;
}

int
io_uring_register_iowq_max_workers(struct io_uring *ring, unsigned *values)
{
    (void)ring, (void)values;
    return 0;
}

int
io_uring_register_restrictions(struct io_uring *ring, struct io_uring_restriction *allow,
                               unsigned n)
{
    (void)ring, (void)allow, (void)n;
    return 0;
}

/* Checks that duet asks the kernel only for what the guest may have. */
static void
sqe_check(const struct io_uring_sqe *sqe)
{
    const struct disk_request *request = (const struct disk_request *)(uintptr_t)sqe->user_data;
    uint64_t offset = sqe->addr - (uint64_t)fake_vm.mem.hva, len = sqe->len;

    if (!request) {
        fuzz_check(sqe->opcode == IORING_OP_POLL_ADD && sqe->fd == served->doorbell_fd,
                   "operation %u without a request", sqe->opcode);
        return;
    }
    fuzz_check(sqe->fd == request->front->disk->file->fd, "file %d", sqe->fd);
    switch (sqe->opcode) {
    case IORING_OP_READ:
    case IORING_OP_WRITE:
        fuzz_check(len > 0 && offset <= FAKE_RAM && len <= FAKE_RAM - offset,
                   "a buffer beyond RAM, at 0x%lx", offset);
        if (sqe->opcode == IORING_OP_READ)
            memset(allowed + offset, 1, len);
        break;
    case IORING_OP_FALLOCATE:
        len = sqe->addr;
        break;
    case IORING_OP_FSYNC:
        len = 0;
        break;
    default:
        fuzz_check(false, "operation %u", sqe->opcode);
    }
    fuzz_check(sqe->off <= DISK_SIZE && len <= DISK_SIZE - sqe->off,
               "the file's 0x%llx, 0x%lx bytes", (unsigned long long)sqe->off, len);
    fuzz_check(!request->front->disk->file->read_only || sqe->opcode == IORING_OP_READ ||
                   sqe->opcode == IORING_OP_FSYNC,
               "operation %u on a read-only disk", sqe->opcode);
}

int
io_uring_submit(struct io_uring *ring)
{
    int count = 0;

    for (; kernel.sq_head != ring->sq.sqe_tail; kernel.sq_head++, count++) {
        const struct io_uring_sqe *sqe = &kernel.sqe[kernel.sq_head % SUBMIT_SIZE];

        sqe_check(sqe);
        fuzz_check(kernel.count < COMPLETE_SIZE, "too many requests in flight");
        kernel.pending[kernel.count++] = *sqe;
    }
    return count;
}

int
io_uring_submit_and_wait(struct io_uring *ring, unsigned wait_nr)
{
    (void)wait_nr;
    return io_uring_submit(ring);
}

int
io_uring_submit_and_get_events(struct io_uring *ring)
{
    return io_uring_submit(ring);
}

/* Ends one of the pending requests, with `result` or, where that is 1, as whole as it was asked. */
static void
kernel_complete(unsigned index, int result)
{
    struct io_uring_sqe sqe;

    if (kernel.count == 0)
        return;
    index %= kernel.count;
    sqe = kernel.pending[index];
    kernel.pending[index] = kernel.pending[--kernel.count];
    cqe[kernel.cq_tail % COMPLETE_SIZE].flags = 0;
    if (!sqe.user_data) { /* the doorbell's poll goes on, as a rule */
        if (result > 0) {
            cqe[kernel.cq_tail % COMPLETE_SIZE].flags = IORING_CQE_F_MORE;
            kernel.pending[kernel.count++] = sqe;
        }
    } else if (sqe.opcode == IORING_OP_READ || sqe.opcode == IORING_OP_WRITE) {
        if (result > (int)sqe.len || result == 1)
            result = (int)sqe.len;
        if (sqe.opcode == IORING_OP_READ && result > 0)
            memset((void *)(uintptr_t)sqe.addr, 0xd1, (size_t)result);
    } else if (result > 0) {
        result = 0;
    }
    fuzz_check(kernel.cq_tail - kernel.cq_head < COMPLETE_SIZE, "the completions overflow");
    cqe[kernel.cq_tail % COMPLETE_SIZE].user_data = sqe.user_data;
    cqe[kernel.cq_tail % COMPLETE_SIZE].res = result;
    kernel.cq_tail++;
}

/* --- the thread ------------------------------------------------------------------------------- */

static void
round_check(void)
{
    for (unsigned number = 0; number < DISKS; number++) {
        const struct disk_queue *front = served->queue[number];
        const struct queue *queue = &front->queue;
        unsigned free_count = 0;

        for (const struct disk_request *place = front->free; place; place = place->next_free)
            free_count++;
        fuzz_check(free_count + queue->in_flight == DUET_DISK_QUEUE_MAX,
                   "disk %u: %u free and %u in flight", number, free_count, queue->in_flight);
        fuzz_check(queue->in_flight == served->disk[number]->in_flight,
                   "disk %u: %u in flight, and %u", number, queue->in_flight,
                   served->disk[number]->in_flight);
        fuzz_check(queue->stopped || queue->in_flight <= queue->requests.size,
                   "disk %u: %u in flight", number, queue->in_flight);
    }
    fake_vm_interrupt_check();
}

static void
thread_round(void)
{
    disks_round(served, false);
    round_check();
}

/* The vCPU waits for the thread, and the thread for its requests. */
static void
thread_turn(pthread_mutex_t *lock)
{
    pthread_mutex_unlock(lock);
    kernel_complete(0, 1);
    thread_round();
    pthread_mutex_lock(lock);
}

/* Goes on as disks_main() does, until all is done. */
static int
thread_end(void)
{
    unsigned rounds = 0;

    while (!disks_are_idle(served)) {
        fuzz_check(rounds++ < 3 * COMPLETE_SIZE, "the requests do not end");
        kernel_complete(0, 1);
        disks_round(served, true);
    }
    return 0;
}

/* --- the guest -------------------------------------------------------------------------------- */

static uint64_t queue_gpa[NUMBERS];
static uint32_t queue_size[NUMBERS];

static void
guest_write(uint64_t gpa, const void *from, size_t len)
{
    uint64_t offset = gpa - FAKE_BASE;

    if (offset > FAKE_RAM || len > FAKE_RAM - offset)
        return;
    memcpy(fake_vm.mem.hva + offset, from, len);
    memcpy(shadow + offset, from, len);
}

static void
guest_start(struct input *input, unsigned number)
{
    uint64_t size = 1u << take(input, 1) % 9, len;
    uint64_t gpa = FAKE_BASE + take(input, 2) / DUET_QUEUE_ALIGN * DUET_QUEUE_ALIGN;
    static const struct duet_queue zeroes;
    unsigned odd = (unsigned)take(input, 1);
    struct sbi_ret ret;

    if (odd & 1)
        size = take_value(input, 0, DUET_DISK_QUEUE_MAX);
    len = DUET_QUEUE_BYTES(size, struct duet_disk_request, struct duet_disk_completion);
    if (odd & 2)
        len = take_value(input, 0, len);
    if (odd & 4)
        gpa = take_value(input, FAKE_BASE, FAKE_END);
    if (!(odd & 8))
        guest_write(gpa, &zeroes, sizeof(zeroes));
    /* Until it is taken on, but the call waits for that. */
    if (gpa - FAKE_BASE <= FAKE_RAM && len <= FAKE_RAM - (gpa - FAKE_BASE))
        memset(allowed + (gpa - FAKE_BASE), 1, len);
    ret = hypercall_serve(&fake_vm.vcpu[0], DUET_CALL_disk_start,
                          (const uint64_t[6]){number, size, gpa, len});
    if (ret.error)
        return;
    fuzz_check(number < DISKS, "disk %u was started", number);
    fuzz_check(size <= DUET_DISK_QUEUE_MAX && (size & (size - 1)) == 0, "a queue of %lu", size);
    queue_gpa[number] = gpa;
    queue_size[number] = (uint32_t)size;
}

static struct duet_queue *
queue_of(unsigned number)
{
    return queue_size[number]
               ? guest_mem_slice(&fake_vm.mem, queue_gpa[number], sizeof(struct duet_queue))
               : NULL;
}

static void
request_put(struct input *input, unsigned number)
{
    struct duet_queue *queue = queue_of(number);
    unsigned odd = (unsigned)take(input, 1);
    struct duet_disk_request request = {
        .tag = take(input, 1),
        .op = (uint16_t)(odd % 4),
        .offset = take(input, 1) * DUET_DISK_SECTOR,
        .len = (uint32_t)take(input, 1) * DUET_DISK_SECTOR,
        .buffer = FAKE_BASE + take(input, 1) * DUET_DISK_SECTOR,
    };
    uint32_t tail;

    if (!queue)
        return;
    if (request.op == DUET_DISK_FLUSH)
        request.offset = request.len = 0;
    if (request.op >= DUET_DISK_FLUSH)
        request.buffer = 0;
    if (odd & 0x10)
        request.offset = take_value(input, 0, DISK_SIZE);
    if (odd & 0x20)
        request.len = (uint32_t)take_value(input, 0, DISK_SIZE);
    if (odd & 0x40)
        request.buffer = take_value(input, FAKE_BASE, FAKE_END);
    if (odd & 0x80)
        request.op = (uint16_t)take(input, 2);
    tail = atomic_load(&queue->requests.tail);
    guest_write(queue_gpa[number] + sizeof(*queue) +
                    (tail & (queue_size[number] - 1)) * sizeof(request),
                &request, sizeof(request));
    tail++;
    guest_write(queue_gpa[number] + offsetof(struct duet_queue, requests.tail), &tail,
                sizeof(tail));
}

static void
step(struct input *input)
{
    unsigned what = (unsigned)take(input, 1), number = what / STEPS % NUMBERS;
    uint8_t bytes[64];
    uint64_t gpa;
    uint32_t word;

    switch (what % STEPS) {
    case POKE:
        gpa = FAKE_BASE + take(input, 2);
        word = take(input, 1) % sizeof(bytes);
        take_bytes(input, bytes, word);
        guest_write(gpa, bytes, word);
        break;
    case PUT:
        request_put(input, number);
        break;
    case TAIL:
        word = (uint32_t)take_value(input, 0, DUET_DISK_QUEUE_MAX);
        guest_write(queue_gpa[number] + offsetof(struct duet_queue, requests.tail), &word, 4);
        break;
    case START:
        guest_start(input, number);
        break;
    case COMPLETE:
        word = (uint32_t)take(input, 2);
        kernel_complete(word, (int16_t)take(input, 2));
        break;
    case ROUND:
        thread_round();
        break;
    case WAKE:
        word = (uint32_t)take_value(input, 0, DUET_DISK_QUEUE_MAX);
        guest_write(queue_gpa[number] + offsetof(struct duet_queue, completions.wake), &word, 4);
        hypercall_serve(&fake_vm.vcpu[0], DUET_CALL_event_select,
                        (const uint64_t[6]){take(input, 1) & DUET_EVENTS});
        break;
    case INFO:
        gpa = FAKE_BASE + take(input, 2);
        word = (uint32_t)take(input, 1);
        if (guest_mem_slice(&fake_vm.mem, gpa, word))
            memset(allowed + (gpa - FAKE_BASE), 1,
                   word < sizeof(struct duet_disk_info) ? word : sizeof(struct duet_disk_info));
        hypercall_serve(&fake_vm.vcpu[0], DUET_CALL_disk_info,
                        (const uint64_t[6]){number, gpa, word});
        break;
    }
}

/* Checks that RAM is as the guest wrote it, except for what duet may write to. */
static void
ram_check(void)
{
    enum { STRIDE = 256 };
    const uint8_t *ram = fake_vm.mem.hva;

    for (unsigned at = 0; at < FAKE_RAM; at += STRIDE)
        for (unsigned i = at; memcmp(ram + at, shadow + at, STRIDE) != 0 && i < at + STRIDE; i++)
            if (allowed[i])
                shadow[i] = ram[i];
            else
                fuzz_check(ram[i] == shadow[i], "0x%x in RAM was written", i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};

    fake_vm_begin();
    memset(fake_vm.mem.hva, 0, FAKE_RAM);
    memset(shadow, 0, sizeof(shadow));
    memset(allowed, 0, sizeof(allowed));
    memset(queue_size, 0, sizeof(queue_size));
    for (unsigned number = 0; number < NUMBERS; number++)
        queue_gpa[number] = FAKE_BASE;
    said_begin();
    served = disks_create(&fake_vm, file, DISKS);
    fuzz_check(served, "no disks");
    fake_vm.device[DEVICE_disk] = served;
    doorbell_arm(served);
    for (unsigned steps = 0; input.left > 0 && steps < STEPS_MAX; steps++)
        step(&input);
    disks_destroy(served);
    said_end();
    ram_check();
    return 0;
}

static void
start_give(struct output *seed, unsigned number, unsigned shift, unsigned gpa)
{
    give(seed, START + STEPS * number, 1);
    give(seed, shift, 1);
    give(seed, gpa, 2);
    give(seed, 0, 1);
}

static void
request_give(struct output *seed, unsigned number, unsigned op)
{
    give(seed, PUT + STEPS * number, 1);
    give(seed, op, 1); /* odd */
    give(seed, op, 1); /* tag */
    give(seed, 2, 1);
    give(seed, 4, 1);
    give(seed, 1, 1);
}

/* Rounds around the kernel's answer to the first request after the doorbell. */
static void
completion_give(struct output *seed, int result)
{
    give(seed, ROUND, 1);
    give(seed, COMPLETE, 1);
    give(seed, 1, 2);
    give(seed, (uint16_t)result, 2);
    give(seed, ROUND, 1);
}

/* A queue of each size with one request of each kind that is served, and then its end. */
static void
queue_seed(unsigned shift)
{
    unsigned number = shift % DISKS;
    struct output seed = {0};
    char name[16] = "queue-0";

    name[6] = (char)('0' + shift);
    start_give(&seed, number, shift, 0x4000);
    give(&seed, WAKE + STEPS * number, 1);
    give_value(&seed, 0);
    give(&seed, 0xff, 1);
    for (unsigned op = DUET_DISK_READ; op <= DUET_DISK_DISCARD; op++) {
        request_give(&seed, number, op);
        completion_give(&seed, op == DUET_DISK_WRITE ? 512 : 1);
    }
    give(&seed, START + STEPS * number, 1);
    give(&seed, 0, 1);
    give(&seed, 0, 2);
    give(&seed, 3, 1); /* a size and a length of 0 */
    give_value(&seed, 0);
    give_value(&seed, 0);
    seed_write(name, seed.data, seed.len);
}

void
fuzz_seeds(void)
{
    static const int errors[] = {ENOSPC, EOPNOTSUPP, EIO, EAGAIN, EINTR};
    struct output failing = {0}, full = {0}, missing = {0};

    for (unsigned shift = 0; shift < 8; shift++)
        queue_seed(shift);
    start_give(&failing, 0, 3, 0x4000);
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        request_give(&failing, 0, DUET_DISK_WRITE);
        completion_give(&failing, -errors[i]);
    }
    seed_write("failing", failing.data, failing.len);
    /* More at once than can be handed to the kernel at once. */
    for (unsigned number = 0; number < DISKS; number++)
        start_give(&full, number, 7, 0x2000 + 0x4000 * number);
    for (unsigned i = 0; i < SUBMIT_SIZE * 3 / 2; i++)
        request_give(&full, i % DISKS, DUET_DISK_READ);
    completion_give(&full, 1);
    seed_write("full", full.data, full.len);
    start_give(&missing, DISKS, 3, 0x4000);
    give(&missing, INFO + STEPS * DISKS, 1);
    give(&missing, 0x100, 2);
    give(&missing, 16, 1);
    seed_write("missing", missing.data, missing.len);
}
