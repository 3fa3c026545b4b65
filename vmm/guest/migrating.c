/* Requests to have the machine go on in another duet. */
#include "vmm/guest/migrating.h"

#include <stdlib.h>
#include <unistd.h>

#include "vmm/guest/ending.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

void
migrating_init(struct migrating *migrating)
{
    *migrating = (struct migrating){.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .notify_fd = -1};
}

void
migrating_destroy(struct migrating *migrating)
{
    if (migrating->fd >= 0)
        close(migrating->fd);
    migrating->fd = -1;
}

/* With the lock held. */
static void
change_tell(const struct migrating *migrating)
{
    uint64_t one = 1;

    if (migrating->notify_fd >= 0 && write(migrating->notify_fd, &one, sizeof(one)) < 0)
        fail_errno("eventfd");
}

const char *
migrating_ask(struct vm *vm, int fd, int notify_fd)
{
    struct migrating *migrating = &vm->migrating;
    const char *why = NULL;

    if (vm->debugger)
        return "a machine with --gdb cannot be moved: its memory may have breakpoints in it";
    if (vm->options->fork)
        return "a machine with --fork cannot be moved: its copies would stay";
    if (atomic_load(&vm->pause.wanted))
        return "it is paused, and would go on at the other end: resume it first";
    pthread_mutex_lock(&migrating->lock);
    if (migrating->state == MIGRATING_GOES_ON) {
        why = "it is being moved already";
    } else {
        migrating->fd = fd;
        migrating->notify_fd = notify_fd;
        migrating->state = MIGRATING_GOES_ON;
        migrating->progress = (struct migrating_progress){0};
        atomic_store(&migrating->cancelled, false);
        atomic_store(&migrating->asked, true);
    }
    pthread_mutex_unlock(&migrating->lock);
    if (!why)
        vm_owner_wake(vm);
    return why;
}

enum migrating_state
migrating_look(struct vm *vm, struct migrating_progress *progress)
{
    struct migrating *migrating = &vm->migrating;
    enum migrating_state state;

    pthread_mutex_lock(&migrating->lock);
    state = migrating->state;
    *progress = migrating->progress;
    /* The machine has ended before the owner has begun: it does not any more. */
    if (state == MIGRATING_GOES_ON && atomic_load(&migrating->asked) &&
        atomic_load(&vm->ending.how))
        state = MIGRATING_FAILED;
    pthread_mutex_unlock(&migrating->lock);
    return state;
}

void
migrating_cancel(struct vm *vm)
{
    atomic_store(&vm->migrating.cancelled, true);
}

int
migrating_take(struct vm *vm)
{
    struct migrating *migrating = &vm->migrating;
    int fd;

    if (!atomic_exchange(&migrating->asked, false))
        return -1;
    pthread_mutex_lock(&migrating->lock);
    fd = migrating->fd;
    migrating->fd = -1;
    pthread_mutex_unlock(&migrating->lock);
    return fd;
}

void
migrating_progress_tell(struct vm *vm, struct migrating_progress progress)
{
    pthread_mutex_lock(&vm->migrating.lock);
    vm->migrating.progress = progress;
    change_tell(&vm->migrating);
    pthread_mutex_unlock(&vm->migrating.lock);
}

void
migrating_end_tell(struct vm *vm, bool failed)
{
    pthread_mutex_lock(&vm->migrating.lock);
    vm->migrating.state = failed ? MIGRATING_FAILED : MIGRATING_DONE;
    change_tell(&vm->migrating);
    pthread_mutex_unlock(&vm->migrating.lock);
}
