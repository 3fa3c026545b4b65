/* The external interrupt of a hart, through KVM_INTERRUPT. */
#include "vmm/guest/irq.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/log.h"

void
irq_init(struct irq *irq, int vcpu_fd)
{
    *irq = (struct irq){.vcpu_fd = vcpu_fd};
}

void
irq_set_again(struct irq *irq, bool level)
{
    struct kvm_interrupt interrupt = {.irq = level ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET};

    if (ioctl(irq->vcpu_fd, KVM_INTERRUPT, &interrupt))
        fail_errno("KVM_INTERRUPT");
    irq->raised = level;
}

void
irq_set(struct irq *irq, bool level)
{
    if (level != irq->raised)
        irq_set_again(irq, level);
}
