/* The power button: asks the guest to power off by itself. */
#include "vmm/device/power.h"

#include "abi/hypercalls.h"
#include "vmm/device/device.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"

bool
power_button_press(struct vm *vm)
{
    /* Before the event: the guest may answer at once, by a reset. */
    atomic_store(&vm->ending.asked, true);
    return event_offer(&vm->events, DUET_EVENT_SHUTDOWN);
}

static int
save(struct vm *vm, struct state_writer *to)
{
    state_put(to, atomic_load(&vm->ending.asked));
    state_put(to, event_is_pending(&vm->events, DUET_EVENT_SHUTDOWN));
    return 0;
}

static int
load(struct vm *vm, struct state_reader *from)
{
    atomic_store(&vm->ending.asked, state_get_max(from, 1));
    event_set(&vm->events, DUET_EVENT_SHUTDOWN, state_get_max(from, 1));
    return 0;
}

const struct device device_power = {
    .name = "power button",
    .save = save,
    .load = load,
};
