/* A vCPU's registers, one at a time. */
#include "vmm/guest/regs.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/machine/vcpu.h"

void
vcpu_settle(struct vcpu *vcpu)
{
    vcpu->run->immediate_exit = 1;
    ioctl(vcpu->fd, KVM_RUN, 0); /* returns EINTR, with the pending result delivered */
    /* It stays: a kick may have come meanwhile, and the next KVM_RUN has to return for it. */
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
