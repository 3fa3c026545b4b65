/* The board's timers and software interrupts for M-mode. */
#include "vmm/board/clint.h"

#include <inttypes.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <libfdt.h>

#include "common/riscv.h"
#include "vmm/board/board.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/device.h"
#include "vmm/guest/regs.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/sandbox.h"
#include "vmm/state/state_data.h"

#define MSIP     0x0000 /* 4 bytes a hart */
#define MTIMECMP 0x4000 /* 8 bytes a hart */
#define MTIME    0xbff8

#define NEVER UINT64_MAX

#define NS_PER_S 1000000000

struct clint {
    uint64_t hz;          /* the clock's rate; set before the vCPUs run */
    pthread_mutex_t lock; /* guards what follows */
    struct clint_hart {
        bool software;    /* msip */
        uint64_t compare; /* mtimecmp */
        /* Made by the vCPU's thread when it first waits: it sends that thread the kick. */
        bool has_timer;
        timer_t timer;
    } hart[CPUS_MAX];
};

/* The guest's clock, which is one for all harts. */
static uint64_t
time_now(const struct vcpu *vcpu)
{
    uint64_t now = 0;

    if (reg_get(vcpu->fd, REG_TIMER(time), &now))
        fail_errno("the guest's clock");
    return now;
}

/* Has the calling thread, the vCPU's, kicked in so many ticks. With the lock held. */
static void
kick_order(struct vcpu *vcpu, uint64_t ticks)
{
    struct clint *clint = vcpu->vm->device[DEVICE_clint];
    struct clint_hart *hart = &clint->hart[vcpu->id];
    struct sigevent kick = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = VCPU_KICK_SIGNAL};
    struct itimerspec after = {
        .it_value = {.tv_sec = (time_t)(ticks / clint->hz),
                     .tv_nsec = (long)(ticks % clint->hz * NS_PER_S / clint->hz)}};

    kick._sigev_un._tid = gettid();
    if (!hart->has_timer && timer_create(CLOCK_MONOTONIC, &kick, &hart->timer)) {
        fail_errno("timer_create");
        vm_end(vcpu->vm, STATUS_FAILED);
        return;
    }
    hart->has_timer = true;
    if (timer_settime(hart->timer, 0, &after, NULL)) {
        fail_errno("timer_settime");
        vm_end(vcpu->vm, STATUS_FAILED);
    }
}

uint64_t
clint_pending(struct vcpu *vcpu)
{
    struct clint *clint = vcpu->vm->device[DEVICE_clint];
    struct clint_hart *hart = &clint->hart[vcpu->id];
    uint64_t now = time_now(vcpu), pending = 0;

    pthread_mutex_lock(&clint->lock);
    if (hart->software)
        pending |= 1u << IRQ_M_SOFT;
    if (now >= hart->compare)
        pending |= 1u << IRQ_M_TIMER;
    else if (hart->compare != NEVER)
        kick_order(vcpu, hart->compare - now);
    pthread_mutex_unlock(&clint->lock);
    return pending;
}

void
clint_look_later(struct vcpu *vcpu)
{
    struct clint *clint = vcpu->vm->device[DEVICE_clint];

    pthread_mutex_lock(&clint->lock);
    kick_order(vcpu, clint->hz / 1000);
    pthread_mutex_unlock(&clint->lock);
}

/* The hart looks at its interrupts before the guest's next instruction. */
static void
hart_tell(struct vcpu *by, unsigned id)
{
    if (id == by->id)
        by->run->immediate_exit = 1; /* as a kick does */
    else
        vcpu_kick(&by->vm->vcpu[id]);
}

/* An access to a register of 8 bytes, or to a half of it. */
static void
register_access(struct bus_access *access, uint64_t *value)
{
    unsigned shift = 8 * (unsigned)(access->offset % 8);
    uint64_t mask = access->len == 8 ? UINT64_MAX : 0xffffffffULL << shift;

    if (access->is_store)
        *value = (*value & ~mask) | (access->data << shift & mask);
    else
        access->data = (*value & mask) >> shift;
}

static bool
software_serve(struct vcpu *vcpu, struct clint *clint, struct bus_access *access)
{
    uint64_t id = (access->offset - MSIP) / 4;

    if (id >= vcpu->vm->vcpu_count || access->len != 4)
        return false;
    if (access->is_store) {
        clint->hart[id].software = access->data & 1;
        hart_tell(vcpu, (unsigned)id);
    } else {
        access->data = clint->hart[id].software;
    }
    return true;
}

static bool
compare_serve(struct vcpu *vcpu, struct clint *clint, struct bus_access *access)
{
    uint64_t id = (access->offset - MTIMECMP) / 8;

    if (id >= vcpu->vm->vcpu_count)
        return false;
    register_access(access, &clint->hart[id].compare);
    if (access->is_store)
        hart_tell(vcpu, (unsigned)id);
    return true;
}

/* KVM cannot set `time` on harts that run, and the two are one clock: mtime is not stored to. */
static bool
time_serve(struct vcpu *vcpu, struct bus_access *access)
{
    uint64_t now = time_now(vcpu);

    if (access->offset - MTIME >= sizeof(now) || access->is_store)
        return false;
    register_access(access, &now);
    return true;
}

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    struct clint *clint = device;
    bool good;

    if (access->len < 4 || access->offset % access->len)
        return false;
    if (access->offset >= MTIME)
        return time_serve(vcpu, access);
    pthread_mutex_lock(&clint->lock);
    good = access->offset < MTIMECMP ? software_serve(vcpu, clint, access)
                                     : compare_serve(vcpu, clint, access);
    pthread_mutex_unlock(&clint->lock);
    return good;
}

static int
create(struct vm *vm)
{
    struct clint *clint = calloc(1, sizeof(*clint));

    if (!clint)
        return fail_errno("memory for the CLINT");
    pthread_mutex_init(&clint->lock, NULL);
    vm->device[DEVICE_clint] = clint;
    if (reg_get(vm->vcpu[0].fd, REG_TIMER(frequency), &clint->hz))
        return fail_errno("KVM does not say how fast the guest's clock is");
    if (clint->hz < 1000 || clint->hz > NS_PER_S)
        return fail("the guest's clock has %" PRIu64 " Hz: the CLINT needs 1 kHz to 1 GHz",
                    clint->hz);
    for (unsigned id = 0; id < vm->vcpu_count; id++)
        clint->hart[id].compare = NEVER;
    return bus_add(&vm->bus, &(struct bus_range){.base = BOARD_CLINT_BASE,
                                                 .size = BOARD_CLINT_SIZE,
                                                 .serve = serve,
                                                 .device = clint});
}

static void
destroy(struct vm *vm)
{
    struct clint *clint = vm->device[DEVICE_clint];

    for (unsigned id = 0; id < vm->vcpu_count; id++)
        if (clint->hart[id].has_timer)
            timer_delete(clint->hart[id].timer);
    free(clint);
    vm->device[DEVICE_clint] = NULL;
}

static int
save(struct vm *vm, struct state_writer *to)
{
    const struct clint *clint = vm->device[DEVICE_clint];

    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        state_put(to, clint->hart[id].software);
        state_put(to, clint->hart[id].compare);
    }
    return 0;
}

/* The harts look at what is pending when they begin. */
static int
load(struct vm *vm, struct state_reader *from)
{
    struct clint *clint = vm->device[DEVICE_clint];

    for (unsigned id = 0; id < vm->vcpu_count; id++) {
        clint->hart[id].software = state_get_max(from, 1);
        clint->hart[id].compare = state_get(from);
    }
    return 0;
}

static int
describe(const struct vm *vm, void *fdt)
{
    DEVICE_TREE_TRY(device_tree_node_begin(fdt, "clint", BOARD_CLINT_BASE, BOARD_CLINT_SIZE));
    DEVICE_TREE_TRY(fdt_property(fdt, "compatible", "sifive,clint0\0riscv,clint0",
                                 sizeof("sifive,clint0\0riscv,clint0")));
    DEVICE_TREE_TRY(device_tree_harts_interrupt(fdt, vm->vcpu_count, IRQ_M_SOFT, IRQ_M_TIMER));
    return fdt_end_node(fdt);
}

static const struct sandbox_group vcpu_calls =
    SANDBOX_GROUP(SANDBOX_CALL(timer_create), SANDBOX_CALL(timer_settime));
static const struct sandbox_group owner_calls = SANDBOX_GROUP(SANDBOX_CALL(timer_delete));

const struct device device_clint = {
    .name = "CLINT",
    .is_board = true,
    .vcpu_calls = &vcpu_calls,
    .owner_calls = &owner_calls,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .save = save,
    .load = load,
};
