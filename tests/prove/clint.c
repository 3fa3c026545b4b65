/*
 * The board's CLINT: any access of a guest to its registers, in any state.
 *
 * Bounds: 3 harts, of which the second runs, for how many there are is only compared.
 */
#include "tests/prove/prove.h"

#include "vmm/board/clint.c"

/* with: tests/prove/log.c */

#define HARTS 3

static struct clint clint, before;
static struct vm vm;
static struct kvm_run run;
static uint64_t now;
static bool is_locked;
static unsigned told = HARTS; /* the hart that was kicked */

int
pthread_mutex_lock(pthread_mutex_t *lock)
{
    prove_check(lock == &clint.lock && !is_locked, "its own lock");
    is_locked = true;
    return 0;
}

int
pthread_mutex_unlock(pthread_mutex_t *lock)
{
    prove_check(lock == &clint.lock && is_locked, "its own lock");
    is_locked = false;
    return 0;
}

int
reg_get(int vcpu_fd, uint64_t id, uint64_t *value)
{
    (void)vcpu_fd;
    prove_check(id == REG_TIMER(time), "the clock");
    *value = now;
    return 0;
}

void
vcpu_kick(struct vcpu *vcpu)
{
    told = vcpu->id;
}

/* A machine, and the vCPU that runs. */
static struct vcpu *
any_clint(void)
{
    struct vcpu *vcpu;

    vm.vcpu_count = HARTS;
    vm.device[DEVICE_clint] = &clint;
    for (unsigned id = 0; id < HARTS; id++) {
        clint.hart[id].software = prove_bool("msip");
        clint.hart[id].compare = prove_u64("mtimecmp");
        vm.vcpu[id].id = id;
    }
    now = prove_u64("time");
    before = clint;
    vcpu = &vm.vcpu[1];
    vcpu->vm = &vm;
    vcpu->run = &run;
    return vcpu;
}

PROVE(clint_decode, 4, LONG)
{
    struct vcpu *vcpu = any_clint();
    unsigned other = (unsigned)prove_below("any hart", HARTS), hart = HARTS;
    struct bus_access access = {
        .offset = prove_below("offset", BOARD_CLINT_SIZE),
        .len = 1u << prove_below("log2 of len", 4),
        .is_store = prove_bool("a store"),
    };
    uint64_t at = access.offset, stored = access.is_store ? prove_u64("data") : 0;
    bool is_aligned = access.len >= 4 && at % access.len == 0, good;
    bool is_time = is_aligned && !access.is_store && at >= 0xbff8 && at < 0xc000;

    if (access.len < 8)
        stored &= ((uint64_t)1 << 8 * access.len) - 1;
    access.data = stored;
    if (is_aligned && access.len == 4 && at < 4 * vm.vcpu_count)
        hart = (unsigned)at / 4;
    if (is_aligned && at >= 0x4000 && at < 0x4000 + 8 * vm.vcpu_count)
        hart = (unsigned)(at - 0x4000) / 8;
    good = serve(vcpu, &clint, &access);
    prove_check(!is_locked, "the lock is let go of");
    prove_check(good == (is_time || hart < HARTS), "what is a register is served");
    prove_check((access.is_store && other == hart) ||
                    (clint.hart[other].software == before.hart[other].software &&
                     clint.hart[other].compare == before.hart[other].compare),
                "a store changes its hart's register, and nothing else does any");
    if (good && !is_time) {
        uint64_t value = at < 0x4000 ? (uint64_t)clint.hart[hart].software
                                     : clint.hart[hart].compare >> (at % 8 ? 32 : 0);

        if (access.len < 8)
            value &= UINT32_MAX;
        prove_check(value == (access.is_store && at < 0x4000 ? access.data & 1 : access.data),
                    "what is stored is there, and is what is loaded");
    }
    if (is_time)
        prove_check(access.data ==
                        (access.len == 8 ? now : (now >> (at % 8 ? 32 : 0) & UINT32_MAX)),
                    "mtime is the clock");
    if (access.is_store && good)
        prove_check(hart == vcpu->id ? run.immediate_exit : told == hart,
                    "the hart looks at what is pending");
}

/* What no access reaches: the timers, the device's beginning and end, and its description. */

void
vm_end(struct vm *ended, unsigned status)
{
    (void)ended, (void)status;
}

pid_t
gettid(void)
{
    return 1;
}

int
timer_create(clockid_t clock, struct sigevent *event, timer_t *timer)
{
    (void)clock, (void)event, (void)timer;
    return -1;
}

int
timer_settime(timer_t timer, int flags, const struct itimerspec *to, struct itimerspec *was)
{
    (void)timer, (void)flags, (void)to, (void)was;
    return -1;
}

int
timer_delete(timer_t timer)
{
    (void)timer;
    return -1;
}

int
bus_add(struct bus *bus, const struct bus_range *range)
{
    (void)bus, (void)range;
    return -1;
}

int
device_tree_node_begin(void *fdt, const char *name, uint64_t base, uint64_t size)
{
    (void)fdt, (void)name, (void)base, (void)size;
    return -1;
}

int
device_tree_harts_interrupt(void *fdt, unsigned harts, uint32_t first, uint32_t second)
{
    (void)fdt, (void)harts, (void)first, (void)second;
    return -1;
}

int
fdt_property(void *fdt, const char *name, const void *value, int len)
{
    (void)fdt, (void)name, (void)value, (void)len;
    return -1;
}

int
fdt_end_node(void *fdt)
{
    (void)fdt;
    return -1;
}
