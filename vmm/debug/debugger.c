/* The debugger's life, on the main thread: it is opened, is given one VM after the other, is
 * closed. */
#include "vmm/debug/debugger.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "vmm/debug/debugger_state.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"

#define THREAD_STACK_SIZE (256 << 10)

static void
line_send(void *line, const void *data, size_t len)
{
    gdb_link_send(line, data, len);
}

struct debugger *
debugger_open(const char *where, debugger_monitor *monitor)
{
    struct debugger *debugger = calloc(1, sizeof(*debugger));

    if (!debugger) {
        fail_errno("--gdb=%s", where);
        return NULL;
    }
    debugger->monitor = monitor;
    debugger->solo = -1;
    debugger->reported_gva = UINT64_MAX;
    pthread_mutex_init(&debugger->lock, NULL);
    pthread_cond_init(&debugger->changed, NULL);
    for (unsigned i = 0; i < CPUS_MAX; i++)
        sem_init(&debugger->hart[i].go, 0, 0);
    debugger->stub.ops = &debugger_target;
    debugger->stub.target = debugger;
    debugger->stub.send = line_send;
    debugger->stub.line = &debugger->link;
    if (gdb_link_open(&debugger->link, where) == 0)
        return debugger;
    free(debugger);
    return NULL;
}

int
debugger_begin(struct debugger *debugger, struct vm *vm)
{
    pthread_attr_t attr;
    sigset_t all, before;

    vm->debugger = debugger;
    pthread_mutex_lock(&debugger->lock);
    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        struct debugger_hart *hart = &debugger->hart[i];

        hart->hold = true;
        hart->parked = hart->left = hart->masked = hart->death_was_reported = false;
        hart->event = HART_NOTHING;
        hart->action = (struct target_action){.run = TARGET_CONTINUE};
    }
    debugger->vm = vm;
    pthread_cond_broadcast(&debugger->changed);
    pthread_mutex_unlock(&debugger->lock);
    if (debugger->has_thread)
        return 0;
    /* Signals are taken by the vCPU threads alone. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK_SIZE);
    errno = pthread_create(&debugger->thread, &attr, debugger_thread, debugger);
    debugger->has_thread = errno == 0;
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return debugger->has_thread ? 0 : fail_errno("cannot start the debugger's thread");
}

void
debugger_end(struct debugger *debugger, unsigned ended)
{
    if (!debugger->has_thread)
        return;
    pthread_mutex_lock(&debugger->lock);
    debugger->vm_ended = ended;
    debugger->vm_over = true;
    pthread_cond_broadcast(&debugger->changed);
    gdb_link_wake(&debugger->link);
    while (debugger->vm)
        pthread_cond_wait(&debugger->changed, &debugger->lock);
    pthread_mutex_unlock(&debugger->lock);
}

void
debugger_close(struct debugger *debugger)
{
    if (debugger->has_thread) {
        pthread_mutex_lock(&debugger->lock);
        debugger->close = true;
        pthread_cond_broadcast(&debugger->changed);
        gdb_link_wake(&debugger->link);
        pthread_mutex_unlock(&debugger->lock);
        pthread_join(debugger->thread, NULL);
    }
    gdb_link_close(&debugger->link);
    free(debugger);
}
