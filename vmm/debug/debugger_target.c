/* The debugger as a protocol sees it, through debug_target.h. */
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/debug/debugger_state.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/guest/ending.h"
#include "vmm/machine/vm.h"

static unsigned
harts(const struct debugger *debugger)
{
    return debugger->vm->vcpu_count;
}

static bool
is_started(struct debugger *debugger, unsigned hart)
{
    struct kvm_mp_state state;

    return ioctl(debugger->vm->vcpu[hart].fd, KVM_GET_MP_STATE, &state) == 0 &&
           state.mp_state != KVM_MP_STATE_STOPPED;
}

static bool
reg_read(struct debugger *debugger, unsigned hart, unsigned number, uint64_t *value)
{
    return gdb_reg_get(debugger->vm->vcpu[hart].fd, number, value);
}

static bool
reg_write(struct debugger *debugger, unsigned hart, unsigned number, uint64_t value)
{
    return gdb_reg_set(debugger->vm->vcpu[hart].fd, number, value);
}

static bool
point_set(struct debugger *debugger, uint64_t gva, enum breakpoint_kind kind)
{
    return breakpoint_set(&debugger->points, gva, kind);
}

static bool
point_clear(struct debugger *debugger, uint64_t gva, enum breakpoint_kind kind)
{
    return breakpoint_clear(&debugger->points, gva, kind);
}

static void
kill_guest(struct debugger *debugger)
{
    vm_end(debugger->vm, 0);
}

static void
monitor(struct debugger *debugger, unsigned hart, const char *line, FILE *answer)
{
    debugger->monitor(debugger, hart, line, answer);
}

const struct debug_target debugger_target = {
    .harts = harts,
    .is_started = is_started,
    .reg_read = reg_read,
    .reg_write = reg_write,
    .mem_read = hart_read,
    .mem_write = hart_write,
    .breakpoint_set = point_set,
    .breakpoint_clear = point_clear,
    .resume = harts_resume,
    .stop = harts_stop,
    .detach = harts_detach,
    .kill = kill_guest,
    .monitor = monitor,
};
