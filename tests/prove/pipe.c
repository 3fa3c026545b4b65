/*
 * toyos's pipes: what is read and written, for any buffer of a process, and any state of the ring.
 * While the lock is let go others read and write, and either end may be closed.
 *
 * Bounds: two bytes more than the ring has; one page that comes late, or one sleep.
 */
#include "tests/prove/user.h"

#include "toyos/kernel/file/pipe.c"

/* with: */

static char ring[RING_SIZE];
static struct pipe pipe_one = {.ring = ring};
static struct file file = {.pipe = &pipe_one};
static bool is_locked, is_new; /* is_new: no other process has it yet */

static bool
is_sane(void)
{
    return pipe_one.written - pipe_one.read <= RING_SIZE;
}

void
lock_acquire(struct lock *lock)
{
    prove_check(lock == &pipe_one.lock && !is_locked, "the pipe's lock is free");
    is_locked = true;
    if (is_new)
        return;
    pipe_one.read = prove_u64("bytes that were read");
    pipe_one.written = pipe_one.read + prove_below("bytes in the ring", RING_SIZE + 1);
    pipe_one.has_reader = prove_bool("somebody may read");
    pipe_one.has_writer = prove_bool("somebody may write");
}

void
lock_release(struct lock *lock)
{
    prove_check(lock == &pipe_one.lock && is_locked, "the pipe's lock is held");
    prove_check(is_sane(), "no more is in the ring than it has room for");
    is_locked = false;
}

bool
wait_sleep(struct wait_queue *queue, struct lock *lock, uint64_t deadline)
{
    bool is_first = user.faults == 0;

    prove_check((queue == &pipe_one.readers || queue == &pipe_one.writers) &&
                    deadline == TIMER_NEVER,
                "a reader or a writer waits");
    user.faults = FAULTS_MAX; /* no page comes late any more */
    lock_release(lock);
    lock_acquire(lock);
    return is_first && prove_bool("it is woken");
}

void
wait_wake_first(struct wait_queue *queue, unsigned most)
{
    (void)queue, (void)most;
}

void
poll_wake(struct poll_queue *queue)
{
    (void)queue;
}

/* --- Reading and writing ---------------------------------------------------------------------- */

static void
check_result(int n)
{
    prove_check(!is_locked, "the lock is let go");
    prove_check(n <= 0 || (size_t)n == user.done, "as many as were copied");
}

PROVE(pipe_read, 5, FULL)
{
    any_user(RING_SIZE + 2);
    check_result(pipe_read(&file, user.va, (int)user.len));
}

PROVE(pipe_write, 8, FULL)
{
    any_user(RING_SIZE + 2);
    check_result(pipe_write(&file, user.va, (int)user.len));
}

/* --- A new pipe ------------------------------------------------------------------------------- */

static struct file end[2];
static unsigned ends, pages, references[2]; /* of the call, and of descriptors */
static bool is_installed[2];

static void *
any_page(void *page)
{
    if (!prove_bool("there is a page"))
        return NULL;
    pages++;
    return page;
}

void *
page_alloc(void)
{
    return any_page(&pipe_one);
}

void *
page_alloc_raw(void)
{
    return any_page(ring);
}

void
page_free(void *page)
{
    prove_check((page == &pipe_one || page == ring) && pages > 0, "a page of the pipe");
    pages--;
}

static unsigned
number_of(const struct file *of)
{
    prove_check(of == &end[0] || of == &end[1], "an end");
    return of == &end[1];
}

struct file *
file_alloc(const struct file_ops *ops, bool is_readable, bool is_writable)
{
    prove_check(ends < 2 && is_readable == (ends == 0) && is_writable == (ends == 1),
                "an end to read, and one to write");
    if (!prove_bool("there is a place"))
        return NULL;
    references[ends] = 1;
    end[ends].ops = ops;
    end[ends].is_writable = is_writable;
    return &end[ends++];
}

void
file_put(struct file *of)
{
    unsigned n = number_of(of);

    prove_check(references[n] > 0 && of->pipe == &pipe_one, "an end of the pipe");
    if (--references[n] == 0)
        of->ops->close(of);
}

int
file_install(struct file *of)
{
    unsigned n = number_of(of);

    if (!prove_bool("there is a descriptor"))
        return -EMFILE;
    references[n]++;
    is_installed[n] = true;
    return 3 + (int)n;
}

/* Another thread may have closed it before. */
bool
file_uninstall(int fd, struct file *of)
{
    unsigned n = number_of(of);

    prove_check(is_installed[n] && fd == 3 + (int)n, "the descriptor that it got");
    is_installed[n] = false;
    references[n]--;
    return true;
}

PROVE(sys_pipe, 3, LONG)
{
    uint64_t arg[6] = {user.va = prove_u64("user address")};
    int64_t error;

    user.len = 2 * sizeof(int);
    pipe_one = (struct pipe){0};
    is_new = true;
    error = sys_pipe(arg);
    prove_check(error == 0 || error == -ENFILE || error == -EMFILE || error == -EFAULT,
                "0, or why not");
    prove_check(error != -EFAULT || user.done == 0, "not told");
    for (unsigned i = 0; i < 2; i++)
        prove_check(is_installed[i] == (error == 0) && references[i] == (error == 0),
                    "two descriptors, and no more references, or none");
    prove_check(pages == (error ? 0 : 2), "the pipe's pages are there, or are freed");
    prove_check(error || user.done == user.len, "both are told");
}
