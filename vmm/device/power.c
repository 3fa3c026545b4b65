/* The power button: asks the guest to power off by itself. */
#include "vmm/device/power.h"

#include "abi/hypercalls.h"
#include "vmm/device/device.h"
#include "vmm/machine/vm.h"

bool
power_button_press(struct vm *vm)
{
    /* Before the event: the guest may answer at once, by a reset. */
    atomic_store(&vm->ending.asked, true);
    return event_offer(&vm->events, DUET_EVENT_SHUTDOWN);
}

const struct device device_power = {
    .name = "power button",
};
