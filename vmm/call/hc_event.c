/* The hypercall for events. */
#include "vmm/call/hypercall.h"
#include "vmm/device/device.h"
#include "vmm/machine/vm.h"

struct sbi_ret
hc_event_select(struct vcpu *vcpu, uint64_t enabled)
{
    devices_look(vcpu->vm, enabled);
    return sbi_value(events_select(&vcpu->vm->events, enabled));
}
