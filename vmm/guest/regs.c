/* Access to a vCPU's registers, one at a time. */
#include "vmm/guest/regs.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/machine/vcpu.h"

void
vcpu_settle(struct vcpu *vcpu)
{
    vcpu->run->immediate_exit = 1;
    /* KVM_RUN returns EINTR, after it has delivered the pending result. */
    ioctl(vcpu->fd, KVM_RUN, 0);
    /* immediate_exit stays set: a kick may have come meanwhile, and the next KVM_RUN must return
     * for it. */
}

int
reg_get(int vcpu_fd, uint64_t id, uint64_t *value)
{
    struct kvm_one_reg reg = {.id = id, .addr = (uint64_t)value};

    return ioctl(vcpu_fd, KVM_GET_ONE_REG, &reg) ? -1 : 0;
}

int
reg_set(int vcpu_fd, uint64_t id, uint64_t value)
{
    struct kvm_one_reg reg = {.id = id, .addr = (uint64_t)&value};

    return ioctl(vcpu_fd, KVM_SET_ONE_REG, &reg) ? -1 : 0;
}
