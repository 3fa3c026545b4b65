/* Pipes: a ring of RING_SIZE bytes between two open files. xv6's ring has 512 bytes; a whole page
 * saves eight switches between processes for each page of data. */
#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/file/poll.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/trap/syscall.h"

#define RING_SIZE PAGE_SIZE

_Static_assert(RING_SIZE >= PIPESIZE, "programs count on that much");

/* `lock` guards all fields. One page holds this struct, another the ring. */
struct pipe {
    struct lock lock;
    struct wait_queue readers, writers;
    struct poll_queue pollers;
    bool has_reader, has_writer;
    uint64_t read, written; /* bytes since the beginning; the difference is in the ring */
    char *ring;
};

_Static_assert(sizeof(struct pipe) <= PAGE_SIZE, "a pipe is a page");

/* The longest piece of the ring from byte `at` that does not wrap, at most `max` bytes. */
static int
piece_len(uint64_t at, uint64_t max)
{
    uint64_t left = RING_SIZE - at % RING_SIZE;

    return (int)(max < left ? max : left);
}

/* Wakes the waiters at one end after a change. */
static void
wake(struct pipe *p, struct wait_queue *end)
{
    wait_wake(end);
    poll_wake(&p->pollers);
}

/* The user's next page is missing. uvm_fault() brings it, without the pipe's lock. */
static int
bring(struct pipe *p, uint64_t va, uint64_t access)
{
    int error;

    lock_release(&p->lock);
    error = uvm_fault(&proc_this()->uvm, va, access);
    lock_acquire(&p->lock);
    return error ? -EFAULT : 0;
}

/* Copies from the ring, at most `len` bytes. Sets *is_missing if a missing user page stopped it
 * early. */
static int
copy_from_ring(struct pipe *p, uint64_t va, int len, bool *is_missing)
{
    int done = 0;

    *is_missing = false;
    while (done < len && p->read != p->written && !*is_missing) {
        int piece = piece_len(p->read, p->written - p->read), n;
        if (piece > len - done)
            piece = len - done;
        n = (int)uvm_try_copy_out(&proc_this()->uvm, va + (uint64_t)done,
                                  p->ring + p->read % RING_SIZE, (size_t)piece);
        p->read += (uint64_t)n;
        done += n;
        *is_missing = n < piece;
    }
    return done;
}

static int
pipe_read(struct file *file, uint64_t va, int len)
{
    struct pipe *p = file->pipe;
    bool is_missing = len > 0;
    int done = 0, error = 0;

    lock_acquire(&p->lock);
    while (!error && is_missing) {
        while (done == 0 && p->read == p->written && p->has_writer) {
            if (!wait_sleep(&p->readers, &p->lock, TIMER_NEVER)) {
                lock_release(&p->lock);
                return -EINTR;
            }
        }
        done += copy_from_ring(p, va + (uint64_t)done, len - done, &is_missing);
        if (is_missing)
            error = bring(p, va + (uint64_t)done, PTE_W);
    }
    wake(p, &p->writers);
    lock_release(&p->lock);
    return done ? done : error;
}

static int
pipe_write(struct file *file, uint64_t va, int len)
{
    struct pipe *p = file->pipe;
    int done = 0;

    lock_acquire(&p->lock);
    while (done < len) {
        int piece = piece_len(p->written, RING_SIZE - (p->written - p->read)), n;
        if (!p->has_reader) {
            done = -EPIPE;
            break;
        }
        if (piece == 0) {
            wake(p, &p->readers);
            if (!wait_sleep(&p->writers, &p->lock, TIMER_NEVER)) {
                done = -EINTR;
                break;
            }
            continue;
        }
        if (piece > len - done)
            piece = len - done;
        n = (int)uvm_try_copy_in(&proc_this()->uvm, p->ring + p->written % RING_SIZE,
                                 va + (uint64_t)done, (size_t)piece);
        p->written += (uint64_t)n;
        done += n;
        if (n < piece && bring(p, va + (uint64_t)done, PTE_R)) {
            if (!done)
                done = -EFAULT;
            break;
        }
    }
    wake(p, &p->readers);
    lock_release(&p->lock);
    return done;
}

static int
pipe_poll(struct file *file, struct poll_queue **queue)
{
    struct pipe *p = file->pipe;
    int now = 0;

    *queue = &p->pollers;
    lock_acquire(&p->lock);
    if (file->is_writable) {
        if (RING_SIZE - (p->written - p->read) >= PIPESIZE)
            now |= POLLOUT;
        if (!p->has_reader)
            now |= POLLERR;
    } else {
        if (p->read != p->written)
            now |= POLLIN;
        if (!p->has_writer)
            now |= POLLHUP;
    }
    lock_release(&p->lock);
    return now;
}

static void
pipe_free(struct pipe *p)
{
    if (p->ring)
        page_free(p->ring);
    page_free(p);
}

static void
pipe_close(struct file *file)
{
    struct pipe *p = file->pipe;
    bool is_last;

    lock_acquire(&p->lock);
    *(file->is_writable ? &p->has_writer : &p->has_reader) = false;
    is_last = !p->has_writer && !p->has_reader;
    wake(p, &p->readers);
    wake(p, &p->writers);
    lock_release(&p->lock);
    if (is_last)
        pipe_free(p);
}

static const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .poll = pipe_poll,
    .close = pipe_close,
};

/* Creates a pipe: end[0] to read, end[1] to write. False if something ran out. */
static bool
pipe_make(struct file *end[2])
{
    struct pipe *p = page_alloc();

    end[0] = end[1] = NULL;
    if (!p)
        return false;
    p->lock = (struct lock)LOCK_INIT("pipe");
    p->pollers = (struct poll_queue)POLL_QUEUE_INIT;
    p->ring = page_alloc_raw();
    if (p->ring)
        end[0] = file_alloc(&pipe_ops, true, false);
    if (end[0])
        end[1] = file_alloc(&pipe_ops, false, true);
    if (!end[1]) {
        if (end[0]) {
            end[0]->pipe = p;
            p->has_reader = true; /* closing this end frees the pipe */
            file_put(end[0]);
        } else {
            pipe_free(p);
        }
        return false;
    }
    end[0]->pipe = end[1]->pipe = p;
    p->has_reader = p->has_writer = true;
    return true;
}

int64_t
sys_pipe(const uint64_t arg[6])
{
    struct file *end[2];
    int fd[2], error = 0;

    if (!pipe_make(end))
        return -ENFILE;
    for (int i = 0; i < 2; i++)
        fd[i] = file_install(end[i]);
    if (fd[0] < 0 || fd[1] < 0)
        error = -EMFILE;
    else if (!uvm_copy_out(&proc_this()->uvm, arg[0], fd, sizeof(fd)))
        error = -EFAULT;
    for (int i = 0; i < 2; i++) {
        if (error && fd[i] >= 0)
            file_uninstall(fd[i], end[i]);
        file_put(end[i]);
    }
    return error;
}
