/* A vCPU's registers, one at a time. */
#include "vmm/guest/regs.h"

#include <sys/ioctl.h>

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
