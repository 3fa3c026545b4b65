/* The debugger's own thread: it follows the VMs, and reads the line to gdb. */
#include <string.h>

#include "vmm/boot/isa.h"
#include "vmm/debug/debugger_state.h"
#include "vmm/guest/ending.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"

/* Attaches to a VM. The first VM waits for gdb. After a reset the VM runs at once, unless gdb had
 * it stopped. */
static void
vm_take(struct debugger *debugger)
{
    bool is_first = !debugger->has_begun;

    debugger->has_begun = true;
    debugger->points.mem = &debugger->vm->mem;
    debugger->points.width = isa_has(debugger->vm->vcpu[0].fd, 'c') ? 2 : 4;
    debugger->points.plant_count = 0; /* the VM's memory is new */
    debugger->points.lasting.count = debugger->points.passing.count = 0;
    debugger->points.lasting.next = debugger->points.passing.next = 0;
    if (!harts_stop(debugger))
        return;
    if (debugger->stub.attached ? debugger->stub.running : !is_first)
        harts_go(debugger);
}

/* Detaches from a VM that has ended, and waits for the next one. False when there will be none. */
static bool
vm_check(struct debugger *debugger)
{
    bool has_new = false, close;

    pthread_mutex_lock(&debugger->lock);
    if (debugger->vm_over) {
        if (!(debugger->vm_ended & VM_RESET))
            gdb_stub_ended(&debugger->stub, debugger->vm_ended & VM_STATUS_MASK);
        debugger->vm_over = false;
        debugger->vm = NULL;
        pthread_cond_broadcast(&debugger->changed);
    }
    while (!debugger->vm && !debugger->close) {
        pthread_cond_wait(&debugger->changed, &debugger->lock);
        has_new = debugger->vm;
    }
    close = debugger->close;
    pthread_mutex_unlock(&debugger->lock);
    if (has_new && !close)
        vm_take(debugger);
    return !close;
}

static void
gdb_attach(struct debugger *debugger)
{
    if (!debugger->stopped)
        harts_stop(debugger);
    gdb_stub_stopped(&debugger->stub, 0, STOP_POINT);
    gdb_stub_attach(&debugger->stub);
}

void *
debugger_thread(void *arg)
{
    struct debugger *debugger = arg;
    char data[512];
    size_t len;

    sandbox_thread(&sandbox_debugger);
    vm_take(debugger);
    for (;;) {
        enum gdb_link_event event = gdb_link_wait(&debugger->link);

        if (!vm_check(debugger))
            return NULL;
        harts_serve(debugger);
        if (event == GDB_LINK_UP)
            gdb_attach(debugger);
        if (event == GDB_LINK_NONE)
            continue;
        while ((len = gdb_link_read(&debugger->link, data, sizeof(data))) > 0) {
            /* A device does not always report that one gdb left and another came. */
            if (!debugger->stub.attached && memchr(data, '$', len))
                gdb_attach(debugger);
            gdb_stub_input(&debugger->stub, data, len);
        }
        if (!debugger->link.connected && debugger->stub.attached) {
            gdb_stub_detach(&debugger->stub);
            harts_detach(debugger);
        }
    }
}

void
debugger_reset(struct debugger *debugger)
{
    vm_reset(debugger->vm);
    pthread_mutex_lock(&debugger->lock);
    while (!debugger->vm_over && !debugger->close)
        pthread_cond_wait(&debugger->changed, &debugger->lock);
    pthread_mutex_unlock(&debugger->lock);
    if (vm_check(debugger))
        gdb_stub_stopped(&debugger->stub, 0, STOP_POINT);
}
