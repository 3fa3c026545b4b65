/*
 * The board's clock, Goldfish's (QEMU's hw/rtc/goldfish_rtc.c): the wall clock in nanoseconds since
 * 1970, in two registers. The load of the low one keeps the high one for the load that follows, and
 * a store of the low one sets the clock, with the high one that was stored before. There is no
 * alarm: its registers read as 0, which means that none is set.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <libfdt.h>

#include "vmm/board/board.h"
#include "vmm/boot/device_tree.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"

#define TIME_LOW  0x00
#define TIME_HIGH 0x04
#define REGISTERS 0x20 /* up to here there are the alarm's */

struct rtc {
    pthread_mutex_t lock; /* guards what follows */
    uint64_t offset_ns;   /* the guest's clock less the host's */
    uint32_t high;        /* for the next load of TIME_HIGH */
    uint32_t high_stored; /* for the next store to TIME_LOW */
};

static uint64_t
host_ns(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void
register_store(struct rtc *rtc, uint64_t offset, uint32_t value)
{
    if (offset == TIME_HIGH)
        rtc->high_stored = value;
    else if (offset == TIME_LOW)
        rtc->offset_ns = ((uint64_t)rtc->high_stored << 32 | value) - host_ns();
}

static uint32_t
register_load(struct rtc *rtc, uint64_t offset)
{
    if (offset == TIME_LOW) {
        uint64_t now = host_ns() + rtc->offset_ns;

        rtc->high = (uint32_t)(now >> 32);
        return (uint32_t)now;
    }
    return offset == TIME_HIGH ? rtc->high : 0;
}

static bool
serve(struct vcpu *vcpu, void *device, struct bus_access *access)
{
    struct rtc *rtc = device;

    if (access->len != 4 || access->offset >= REGISTERS)
        return false;
    pthread_mutex_lock(&rtc->lock);
    if (access->is_store)
        register_store(rtc, access->offset, (uint32_t)access->data);
    else
        access->data = register_load(rtc, access->offset);
    pthread_mutex_unlock(&rtc->lock);
    bus_describe(vcpu->vm, access, "rtc");
    return true;
}

static int
create(struct vm *vm)
{
    struct rtc *rtc = calloc(1, sizeof(*rtc));

    if (!rtc)
        return fail_errno("memory for the clock");
    pthread_mutex_init(&rtc->lock, NULL);
    vm->device[DEVICE_rtc] = rtc;
    return bus_add(&vm->bus, &(struct bus_range){.base = BOARD_RTC_BASE,
                                                 .size = BOARD_RTC_SIZE,
                                                 .serve = serve,
                                                 .device = rtc});
}

static void
destroy(struct vm *vm)
{
    free(vm->device[DEVICE_rtc]);
    vm->device[DEVICE_rtc] = NULL;
}

/* A restored guest finds the host's time, as it would after a pause; what it has set its clock
 * ahead or back stays. */
static int
save(struct vm *vm, struct state_writer *to)
{
    const struct rtc *rtc = vm->device[DEVICE_rtc];

    state_put(to, rtc->offset_ns);
    state_put(to, rtc->high);
    state_put(to, rtc->high_stored);
    return 0;
}

static int
load(struct vm *vm, struct state_reader *from)
{
    struct rtc *rtc = vm->device[DEVICE_rtc];

    rtc->offset_ns = state_get(from);
    rtc->high = (uint32_t)state_get_max(from, UINT32_MAX);
    rtc->high_stored = (uint32_t)state_get_max(from, UINT32_MAX);
    return 0;
}

static int
describe(const struct vm *vm, void *fdt)
{
    (void)vm;
    DEVICE_TREE_TRY(device_tree_node_begin(fdt, "rtc", BOARD_RTC_BASE, BOARD_RTC_SIZE));
    DEVICE_TREE_TRY(fdt_property_string(fdt, "compatible", "google,goldfish-rtc"));
    DEVICE_TREE_TRY(device_tree_interrupt(fdt, BOARD_RTC_IRQ));
    return fdt_end_node(fdt);
}

const struct device device_rtc = {
    .name = "clock",
    .is_board = true,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .save = save,
    .load = load,
};
