/* Pipes: a ring of PIPESIZE bytes between two open files. */
#include "toyos/kernel/pipe.h"

#include <stddef.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/page.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/timer.h"

/* All of it: lock. A page holds one. */
struct pipe {
    struct lock lock;
    struct wait_queue readers, writers;
    bool has_reader, has_writer;
    uint64_t read, written; /* bytes since the beginning; the difference is in the ring */
    char data[PIPESIZE];
};

_Static_assert(sizeof(struct pipe) <= PAGE_SIZE, "a pipe is a page");

/* The longest piece of the ring from byte `at` on, `max` at the most, that does not wrap. */
static int
piece_len(uint64_t at, uint64_t max)
{
    uint64_t left = PIPESIZE - at % PIPESIZE;

    return (int)(max < left ? max : left);
}

static int
pipe_read(struct file *file, uint64_t va, int len)
{
    struct pipe *p = file->pipe;
    int done = 0;

    lock_acquire(&p->lock);
    while (p->read == p->written && p->has_writer) {
        if (!sched_sleep(&p->readers, &p->lock, TIMER_NEVER)) {
            lock_release(&p->lock);
            return -EINTR;
        }
    }
    while (done < len && p->read != p->written) {
        int piece = piece_len(p->read, p->written - p->read);
        if (piece > len - done)
            piece = len - done;
        if (!uvm_copy_out(&proc_this()->uvm, va + (uint64_t)done, p->data + p->read % PIPESIZE,
                          (size_t)piece)) {
            if (!done)
                done = -EFAULT;
            break;
        }
        p->read += (uint64_t)piece;
        done += piece;
    }
    sched_wake(&p->writers);
    lock_release(&p->lock);
    return done;
}

static int
pipe_write(struct file *file, uint64_t va, int len)
{
    struct pipe *p = file->pipe;
    int done = 0;

    lock_acquire(&p->lock);
    while (done < len) {
        int piece = piece_len(p->written, PIPESIZE - (p->written - p->read));
        if (!p->has_reader) {
            done = -EPIPE;
            break;
        }
        if (piece == 0) {
            sched_wake(&p->readers);
            if (!sched_sleep(&p->writers, &p->lock, TIMER_NEVER)) {
                done = -EINTR;
                break;
            }
            continue;
        }
        if (piece > len - done)
            piece = len - done;
        if (!uvm_copy_in(&proc_this()->uvm, p->data + p->written % PIPESIZE, va + (uint64_t)done,
                         (size_t)piece)) {
            if (!done)
                done = -EFAULT;
            break;
        }
        p->written += (uint64_t)piece;
        done += piece;
    }
    sched_wake(&p->readers);
    lock_release(&p->lock);
    return done;
}

static void
pipe_close(struct file *file)
{
    struct pipe *p = file->pipe;
    bool is_last;

    lock_acquire(&p->lock);
    *(file->is_writable ? &p->has_writer : &p->has_reader) = false;
    is_last = !p->has_writer && !p->has_reader;
    sched_wake(&p->readers);
    sched_wake(&p->writers);
    lock_release(&p->lock);
    if (is_last)
        page_free(p);
}

static const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .close = pipe_close,
};

bool
pipe_make(struct file *end[2])
{
    struct pipe *p = page_alloc();

    if (!p)
        return false;
    p->lock = (struct lock)LOCK_INIT("pipe");
    for (int i = 0; i < 2; i++) {
        end[i] = file_alloc(&pipe_ops, i == 0, i == 1);
        if (!end[i]) {
            if (i == 1) {
                p->has_reader = true; /* closing this end frees the page */
                file_close(end[0]);
            } else {
                page_free(p);
            }
            return false;
        }
        end[i]->pipe = p;
    }
    p->has_reader = p->has_writer = true;
    return true;
}
