/* The external interrupt of a hart, through KVM_INTERRUPT. */
#include "vmm/guest/irq.h"

#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "vmm/log.h"

void
irq_init(struct irq *irq, int vcpu_fd)
{
    *irq = (struct irq){.vcpu_fd = vcpu_fd, .lock = PTHREAD_MUTEX_INITIALIZER};
}

/* With `again`, KVM is told also what it was told last. */
static void
level_set(struct irq *irq, enum irq_source source, bool level, bool again)
{
    bool raised;

    pthread_mutex_lock(&irq->lock);
    irq->levels = (irq->levels & ~(1u << source)) | (unsigned)level << source;
    raised = irq->levels;
    if (again || raised != irq->raised) {
        struct kvm_interrupt interrupt = {.irq = raised ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET};

        if (ioctl(irq->vcpu_fd, KVM_INTERRUPT, &interrupt))
            fail_errno("KVM_INTERRUPT");
        irq->raised = raised;
    }
    pthread_mutex_unlock(&irq->lock);
}

void
irq_set_again(struct irq *irq, enum irq_source source, bool level)
{
    level_set(irq, source, level, true);
}

void
irq_set(struct irq *irq, enum irq_source source, bool level)
{
    level_set(irq, source, level, false);
}
