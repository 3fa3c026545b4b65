/* Waiting for one of several open files. */
#include "toyos/kernel/file/poll.h"

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/trap/syscall.h"

/* A thread in poll(), on its kernel stack. */
struct poller {
    struct lock lock;
    bool is_woken; /* guarded by lock */
    struct wait_queue queue;
};

/* The entry of a poller in the queue of one file, guarded by that queue's lock. */
struct poll_entry {
    struct poller *poller;
    struct poll_queue *queue; /* NULL if it is in no queue */
    struct poll_entry *next, *previous;
};

void
poll_wake(struct poll_queue *queue)
{
    if (!queue->first)
        return;
    lock_acquire(&queue->lock);
    for (struct poll_entry *e = queue->first; e; e = e->next) {
        lock_acquire(&e->poller->lock);
        e->poller->is_woken = true;
        wait_wake(&e->poller->queue);
        lock_release(&e->poller->lock);
    }
    lock_release(&queue->lock);
}

static void
entry_add(struct poll_entry *entry, struct poll_queue *queue)
{
    entry->queue = queue;
    entry->previous = NULL;
    lock_acquire(&queue->lock);
    entry->next = queue->first;
    if (entry->next)
        entry->next->previous = entry;
    queue->first = entry;
    lock_release(&queue->lock);
}

static void
entry_remove(struct poll_entry *entry)
{
    struct poll_queue *queue = entry->queue;

    if (!queue)
        return;
    lock_acquire(&queue->lock);
    if (entry->next)
        entry->next->previous = entry->previous;
    if (entry->previous)
        entry->previous->next = entry->next;
    else
        queue->first = entry->next;
    lock_release(&queue->lock);
}

/* Fills in the revents. Returns the number of descriptors with any. */
static int
look(struct pollfd *fds, struct file **files, unsigned count)
{
    int found = 0;

    for (unsigned i = 0; i < count; i++) {
        int always = POLLERR | POLLHUP,
            now = POLLIN | POLLOUT; /* a file without this operation never makes a caller wait */
        struct poll_queue *queue;
        if (!files[i]) {
            fds[i].revents = fds[i].fd < 0 ? 0 : POLLNVAL;
        } else {
            if (files[i]->ops->poll)
                now = files[i]->ops->poll(files[i], &queue);
            fds[i].revents = (short)(now & (fds[i].events | always));
        }
        found += fds[i].revents != 0;
    }
    return found;
}

/* Enters the queues of all files. Returns how often to look at files whose queue nothing wakes, in
 * ms; 0 for never. */
static unsigned
watch(struct poller *poller, struct poll_entry *entries, struct file **files, unsigned count)
{
    unsigned period_ms = 0;

    for (unsigned i = 0; i < count; i++) {
        struct poll_queue *queue = NULL;
        entries[i] = (struct poll_entry){.poller = poller};
        if (files[i] && files[i]->ops->poll)
            files[i]->ops->poll(files[i], &queue);
        if (!queue)
            continue;
        entry_add(&entries[i], queue);
        if (queue->period_ms)
            period_ms = queue->period_ms;
    }
    return period_ms;
}

/* Sleeps until woken or until the deadline. False if the thread is being killed. */
static bool
sleep_until(struct poller *poller, uint64_t deadline)
{
    bool is_alive = true;

    lock_acquire(&poller->lock);
    while (is_alive && !poller->is_woken && timer_now() < deadline)
        is_alive = wait_sleep(&poller->queue, &poller->lock, deadline);
    poller->is_woken = false;
    lock_release(&poller->lock);
    return is_alive;
}

static int
wait_for_files(struct pollfd *fds, struct file **files, unsigned count, uint64_t deadline)
{
    struct poller poller = {.lock = LOCK_INIT("poller")};
    struct poll_entry entries[NOFILE];
    uint64_t period = timer_from_ms(watch(&poller, entries, files, count));
    int found;

    while ((found = look(fds, files, count)) == 0) {
        uint64_t now = timer_now();
        uint64_t until = period && deadline - now > period ? now + period : deadline;
        if (now >= deadline)
            break;
        if (!sleep_until(&poller, until)) {
            found = -EINTR;
            break;
        }
    }
    for (unsigned i = 0; i < count; i++)
        entry_remove(&entries[i]);
    return found;
}

/* Returns how many have revents by the deadline, or -EINTR. */
static int
poll_wait(struct pollfd *fds, unsigned count, uint64_t deadline)
{
    struct file *files[NOFILE];
    int found;

    for (unsigned i = 0; i < count; i++)
        files[i] = fds[i].fd < 0 ? NULL : file_get((uint64_t)fds[i].fd);
    found = look(fds, files, count);
    if (found == 0 && timer_now() < deadline)
        found = wait_for_files(fds, files, count, deadline);
    for (unsigned i = 0; i < count; i++)
        if (files[i])
            file_put(files[i]);
    return found;
}

int64_t
sys_poll(const uint64_t arg[6])
{
    struct uvm *uvm = &proc_this()->uvm;
    struct pollfd fds[NOFILE];
    size_t size = arg[1] * sizeof(fds[0]);
    int timeout = (int)arg[2];
    int found;

    if (arg[1] > NOFILE)
        return -EINVAL;
    if (!uvm_copy_in(uvm, fds, arg[0], size))
        return -EFAULT;
    found = poll_wait(fds, (unsigned)arg[1],
                      timeout < 0 ? TIMER_NEVER : timer_now() + timer_from_ms((uint64_t)timeout));
    return found < 0 || uvm_copy_out(uvm, arg[0], fds, size) ? found : -EFAULT;
}
