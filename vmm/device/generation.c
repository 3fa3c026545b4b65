/* Tells a guest that it was restored: a number that each start and each restore has anew, and an
 * event that is pending until the guest has asked for it. */
#include <sys/random.h>

#include "vmm/call/hypercall.h"
#include "vmm/device/device.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/state/state_data.h"

/* Set by create, before the guest runs. */
static uint64_t generation;

static int
create(struct vm *vm)
{
    (void)vm;
    if (getrandom(&generation, sizeof(generation), 0) != sizeof(generation))
        return fail_errno("getrandom");
    return 0;
}

static int
load(struct vm *vm, struct state_reader *from)
{
    (void)from;
    event_set(&vm->events, DUET_EVENT_RESTORED, true);
    return 0;
}

struct sbi_ret
hc_generation(struct vcpu *vcpu)
{
    event_set(&vcpu->vm->events, DUET_EVENT_RESTORED, false);
    return sbi_value(generation);
}

const struct device device_generation = {
    .name = "generation",
    .create = create,
    .load = load,
};
