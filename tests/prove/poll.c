/*
 * toyos's poll, with any arguments: what is read of the process's memory and written to it, and
 * that no file's queue has an entry any more when the thread's stack is gone, whatever others do
 * meanwhile.
 *
 * Bounds: 2 descriptors, of the same queue or none; one sleep; the clock is looked at 5 times
 * before all deadlines have passed, so that the files are looked at twice while the thread waits.
 */
#include "tests/prove/user.h"

#include "toyos/kernel/file/poll.c"

/* with: */

#define FILES 2
#define LOOKS 5 /* at the clock; then all deadlines have passed */

static uint64_t arg[6];
static struct file file[FILES];
static struct poll_queue queue;
static unsigned references, locks, sleeps, looks;

void
lock_acquire(struct lock *lock)
{
    (void)lock;
    locks++;
}

void
lock_release(struct lock *lock)
{
    (void)lock;
    prove_check(locks > 0, "a lock that is held");
    locks--;
}

uint64_t
timer_now(void)
{
    return looks++ < LOOKS ? prove_u64("time") : UINT64_MAX;
}

uint64_t
timer_from_ms(uint64_t ms)
{
    return ms;
}

void
wait_wake_first(struct wait_queue *of, unsigned most)
{
    (void)of, (void)most;
}

/* Meanwhile a file may change, and the thread be killed. */
bool
wait_sleep(struct wait_queue *of, struct lock *lock, uint64_t deadline)
{
    (void)of, (void)deadline;
    lock_release(lock);
    if (prove_bool("a file changes"))
        poll_wake(&queue);
    lock_acquire(lock);
    return sleeps++ == 0 && prove_bool("it is alive");
}

static int
any_poll(struct file *of, struct poll_queue **out)
{
    prove_check((of == &file[0] || of == &file[1]) && references > 0, "a file that is held");
    if (prove_bool("it can change"))
        *out = &queue;
    return (int)prove_below("what can be done", 0x40);
}

static const struct file_ops any_ops = {.poll = any_poll}, no_ops;

struct file *
file_get(uint64_t fd)
{
    prove_check(fd <= INT32_MAX, "a descriptor is not negative");
    if (references == FILES || !prove_bool("the file is open"))
        return NULL;
    return &file[references++];
}

void
file_put(struct file *put)
{
    prove_check((put == &file[0] || put == &file[1]) && references > 0, "a file that is held");
    references--;
}

bool
uvm_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    struct pollfd *fds = to;

    user_check(uvm, from, len);
    kernel_check(to, len);
    for (unsigned i = 0; i < FILES; i++)
        if (i < arg[1])
            fds[i] = (struct pollfd){.fd = (int)prove_u32("descriptor"),
                                     .events = (short)prove_below("events", 1 << 16)};
    return prove_bool("the pages are there");
}

PROVE(sys_poll, 3, FULL)
{
    int64_t result;

    any_user_argument(arg, 0, FILES * sizeof(struct pollfd));
    arg[1] = FILES;
    queue.period_ms = prove_u32("period");
    for (unsigned i = 0; i < FILES; i++)
        file[i].ops = prove_bool("it can be polled") ? &any_ops : &no_ops;
    result = sys_poll(arg);
    prove_check(references == 0 && locks == 0, "files and locks are let go");
    prove_check(queue.first == NULL, "no queue has an entry of this thread's");
    prove_check(result < 0 || (result <= FILES && user.done == user.len),
                "how many, and all of it is told");
}

PROVE(sys_poll_many, 1, QUICK)
{
    prove_fill("arguments", arg, sizeof(arg));
    prove_assume(arg[1] > NOFILE);
    prove_check(sys_poll(arg) == -EINVAL && user.done == 0, "more than there can be are refused");
}
