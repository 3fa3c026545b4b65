/* The thread of the disks, with its io_uring. */
#include "vmm/device/disk_io.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "vmm/log.h"
#include "vmm/sandbox.h"

#define THREAD_STACK_SIZE (64 << 10)

/* How many submissions the kernel can be given at once, and how many completions can wait: more
 * than all disks and the doorbell can have in flight. */
#define SUBMIT_SIZE   128
#define COMPLETE_SIZE (2 * DUET_DISKS * DUET_DISK_QUEUE_MAX)

/* How many threads the kernel may start for operations that need one, such as fdatasync. */
#define WORKERS_MAX 4

static const struct sandbox_group io_calls =
    SANDBOX_GROUP(SANDBOX_CALL(io_uring_enter), SANDBOX_CALL(io_uring_register));
const struct sandbox_group disk_io_start_calls = SANDBOX_GROUP(SANDBOX_CALL(io_uring_setup));
const struct sandbox_kind disk_io_thread_kind = {
    "disks",
    {&io_calls, &sandbox_every_thread, &sandbox_interrupt, &sandbox_poll, &sandbox_terminal},
};

/* The next free submission entry. */
static struct io_uring_sqe *
sqe_get(struct disks *disks)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&disks->uring);

    while (!sqe) { /* all entries are filled: submit them */
        int result = io_uring_submit(&disks->uring);

        if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY) {
            errno = -result;
            fail_errno("io_uring_submit");
            abort(); /* any other error is a bug in duet */
        }
        sqe = io_uring_get_sqe(&disks->uring);
    }
    return sqe;
}

/* Has the doorbell wake the thread. The poll stays armed after an event and reports each write to
 * the eventfd, not its value, so nobody has to read it. */
static void
doorbell_arm(struct disks *disks)
{
    struct io_uring_sqe *sqe = sqe_get(disks);

    io_uring_prep_poll_multishot(sqe, disks->doorbell_fd, POLLIN);
    io_uring_sqe_set_data(sqe, NULL);
}

/* Submits what is left of the request. */
static void
request_submit(struct disks *disks, struct disk_request *request)
{
    struct io_uring_sqe *sqe = sqe_get(disks);

    disk_request_prepare(request, sqe);
    io_uring_sqe_set_data(sqe, request);
}

/* Takes the guest's new requests and submits them. Returns whether there were any. */
static bool
requests_take(struct disks *disks, struct disk_front *front)
{
    uint32_t count = front->ops->count(front);

    for (uint32_t i = 0; i < count; i++) {
        struct disk_request *request = front->ops->take(front);

        if (request) {
            disk_request_begin(request);
            request_submit(disks, request);
        }
    }
    return count > 0;
}

/* The front at `place`, which counts the places of all disks; NULL: there is none. */
static struct disk_front *
front_at(struct disks *disks, unsigned place)
{
    struct disk *disk = disks->disk[place / DISK_FRONTS_MAX];

    return atomic_load_explicit(&disk->front[place % DISK_FRONTS_MAX], memory_order_acquire);
}

/* Finishes the requests that the kernel has completed, or submits their remainder. */
static void
completions_reap(struct disks *disks)
{
    struct io_uring_cqe *cqe;
    unsigned head, count = 0;

    io_uring_for_each_cqe(&disks->uring, head, cqe)
    {
        struct disk_request *request = io_uring_cqe_get_data(cqe);

        count++;
        if (request && !disk_request_finish(request, cqe->res))
            request_submit(disks, request);
        else if (!request && !(cqe->flags & IORING_CQE_F_MORE))
            doorbell_arm(disks); /* the kernel may end the poll at any time */
    }
    io_uring_cq_advance(&disks->uring, count);
}

/* Serves each disk once. If there was nothing to do, waits until a request completes or the
 * doorbell rings. With `stop` it takes no new requests. */
static void
disks_round(struct disks *disks, bool stop)
{
    unsigned places = DISK_FRONTS_MAX * disks->count;
    struct disk_front *front;
    bool busy = false;

    for (unsigned place = 0; place < places; place++)
        if ((front = front_at(disks, place))) {
            front->ops->take_on(front);
            if (!stop)
                busy |= requests_take(disks, front);
            front->ops->publish(front);
        }
    for (unsigned place = 0; place < places && !busy && !stop; place++)
        if ((front = front_at(disks, place)))
            busy = !front->ops->sleep(front);
    if (busy)
        io_uring_submit_and_get_events(&disks->uring);
    else
        io_uring_submit_and_wait(&disks->uring, 1);
    completions_reap(disks);
}

static bool
disks_are_idle(const struct disks *disks)
{
    for (unsigned number = 0; number < disks->count; number++)
        if (disks->disk[number]->in_flight)
            return false;
    return true;
}

/* With nothing in flight: hands over what was done last, and waits until the pause is over. */
static void
pause_wait(struct disks *disks)
{
    struct disk_front *front;

    for (unsigned place = 0; place < DISK_FRONTS_MAX * disks->count; place++)
        if ((front = front_at(disks, place)))
            front->ops->publish(front);
    pthread_mutex_lock(&disks->lock);
    disks->paused = true;
    pthread_cond_broadcast(&disks->paused_changed);
    while (atomic_load(&disks->pause))
        pthread_cond_wait(&disks->paused_changed, &disks->lock);
    disks->paused = false;
    pthread_mutex_unlock(&disks->lock);
}

/* The thread's main function. */
static void *
disks_main(void *arg)
{
    struct disks *disks = arg;

    sandbox_thread(&disk_io_thread_kind);
    io_uring_enable_rings(&disks->uring); /* from now on only this thread may submit */
    doorbell_arm(disks);
    for (;;) {
        bool stop = atomic_load(&disks->stop), pause = atomic_load(&disks->pause);

        if (stop && disks_are_idle(disks))
            return NULL;
        if (pause && disks_are_idle(disks))
            pause_wait(disks);
        else
            disks_round(disks, stop || pause);
    }
}

/* Restricts the ring to the operations that disks need, because the seccomp filter does not see
 * what goes through it. Returns 0 or a negative errno. */
static int
operations_restrict(struct io_uring *uring)
{
    struct io_uring_restriction allowed[] = {
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_POLL_ADD},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_READ},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_WRITE},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_READV},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_WRITEV},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_FSYNC},
        {.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_FALLOCATE},
    };

    return io_uring_register_restrictions(uring, allowed, sizeof(allowed) / sizeof(allowed[0]));
}

/* Sets up the ring. Returns 0, or -1 after a message. */
static int
uring_create(struct disks *disks)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED |
                 IORING_SETUP_CQSIZE,
        .cq_entries = COMPLETE_SIZE,
    };
    unsigned workers[2] = {WORKERS_MAX, WORKERS_MAX};
    int error = io_uring_queue_init_params(SUBMIT_SIZE, &disks->uring, &params);

    if (error) {
        disks->uring.ring_fd = -1;
        errno = -error;
        return fail_errno("disks need Linux 6.1 with io_uring, which cannot be set up here");
    }
    io_uring_register_iowq_max_workers(&disks->uring, workers);
    error = operations_restrict(&disks->uring);
    if (error) {
        errno = -error;
        return fail_errno("cannot restrict the disks' io_uring");
    }
    return 0;
}

int
disk_io_start(struct disks *disks)
{
    sigset_t all, before;
    pthread_attr_t attr;

    if (uring_create(disks))
        return -1;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK_SIZE);
    /* The thread takes no signals. Other threads wait for them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&disks->thread, &attr, disks_main, disks);
    disks->running = errno == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return disks->running ? 0 : fail_errno("cannot start the disks' thread");
}

void
disk_io_pause(struct disks *disks)
{
    pthread_mutex_lock(&disks->lock);
    atomic_store(&disks->pause, true);
    queue_thread_wake(disks->doorbell_fd);
    while (!disks->paused)
        pthread_cond_wait(&disks->paused_changed, &disks->lock);
    pthread_mutex_unlock(&disks->lock);
}

void
disk_io_resume(struct disks *disks)
{
    pthread_mutex_lock(&disks->lock);
    atomic_store(&disks->pause, false);
    pthread_cond_broadcast(&disks->paused_changed);
    pthread_mutex_unlock(&disks->lock);
}

void
disk_io_stop(struct disks *disks)
{
    if (disks->running) {
        atomic_store(&disks->stop, true);
        disk_io_resume(disks);
        queue_thread_wake(disks->doorbell_fd);
        pthread_join(disks->thread, NULL);
        disks->running = false;
    }
    if (disks->uring.ring_fd >= 0)
        io_uring_queue_exit(&disks->uring);
    disks->uring.ring_fd = -1;
}
