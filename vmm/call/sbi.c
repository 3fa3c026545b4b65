/* SBI calls that KVM leaves to user space. KVM itself serves TIME, IPI, RFENCE, HSM, SRST and most
 * of BASE. */
#include "vmm/call/sbi.h"

#include <linux/kvm.h>

#include "vmm/call/call_trace.h"
#include "vmm/call/hypercall.h"
#include "vmm/machine/vm.h"

#define ROW_(name) &sbi_##name,
static const struct sbi_extension *const table[] = {SBI_EXTENSIONS(ROW_)};

#define ROWS (sizeof(table) / sizeof(table[0]))

const struct sbi_extension *const *
sbi_extensions(unsigned *count)
{
    *count = ROWS;
    return table;
}

const struct sbi_extension *
sbi_extension_find(uint64_t id)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (table[i]->id == id)
            return table[i];
    return NULL;
}

/* KVM asks here whether an extension exists in a range that it forwards (SBI 2.0 §4.4). */
static struct sbi_ret
base_serve(struct vcpu *vcpu, uint64_t function, const uint64_t reg[6])
{
    const struct sbi_extension *probed = sbi_extension_find(reg[0]);

    (void)vcpu;
    if (function != SBI_BASE_PROBE)
        return sbi_error(SBI_ERR_NOT_SUPPORTED);
    return sbi_value(probed ? probed->probe : 0);
}

static const struct sbi_function base_functions[] = {
    {SBI_BASE_PROBE, "probe_extension", {"extension"}}, {0}};

const struct sbi_extension sbi_base = {
    .id = SBI_BASE,
    .name = "base",
    .probe = 1,
    .serve = base_serve,
    .kvm_number = SBI_KVM_FORWARDS,
    .function = base_functions,
};

/* Hypercalls do not come through this row: sbi_serve() has a shorter way for them. */
const struct sbi_extension sbi_duet = {
    .id = DUET_SBI_EXT,
    .name = "duet",
    .probe = 1,
    .serve = hypercall_serve,
    .kvm_number = SBI_KVM_FORWARDS,
};

/* It is not inlined into sbi_serve(): hypercalls then save no registers and no stack for it. */
__attribute__((noinline)) static struct sbi_ret
other_serve(struct vcpu *vcpu, uint64_t id, uint64_t function, const uint64_t reg[6])
{
    const struct sbi_extension *extension = sbi_extension_find(id);
    struct sbi_ret ret = sbi_error(SBI_ERR_NOT_SUPPORTED);

    counter_add(&vcpu->stats.exits[EXIT_SBI], 1);
    if (extension)
        ret = extension->serve(vcpu, function, reg);
    if (vcpu->vm->trace)
        trace_sbi(vcpu, extension, id, function, reg, ret);
    return ret;
}

static void
result_give(struct vcpu *vcpu, struct sbi_ret ret)
{
    vcpu->run->riscv_sbi.ret[0] = (unsigned long)ret.error;
    vcpu->run->riscv_sbi.ret[1] = ret.value;
}

void
sbi_serve(struct vcpu *vcpu)
{
    uint64_t extension = vcpu->run->riscv_sbi.extension_id;
    uint64_t function = vcpu->run->riscv_sbi.function_id;
    const uint64_t *reg = vcpu->run->riscv_sbi.args; /* shared with KVM alone, not with the guest */

    if (extension == DUET_SBI_EXT)
        result_give(vcpu, hypercall_serve(vcpu, function, reg));
    else
        result_give(vcpu, other_serve(vcpu, extension, function, reg));
}
