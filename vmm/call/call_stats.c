/* Sums the vCPUs' counts of hypercalls, for --stats and for the guest. */
#include "vmm/call/call_stats.h"

#include <string.h>

#include "vmm/call/hypercall.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/counter.h"

struct duet_call_stats
call_stats_sum(const struct vm *vm, uint64_t nr)
{
    struct duet_call_stats sum = {0};

    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        const struct duet_call_stats *call = &vm->vcpu[i].stats.call[nr];

        sum.count += counter_read(&call->count);
        sum.errors += counter_read(&call->errors);
        sum.bytes += counter_read(&call->bytes);
    }
    return sum;
}

struct sbi_ret
hc_call_stats(struct vcpu *vcpu, uint64_t call, void *stats, uint64_t stats_len)
{
    struct duet_call_stats sum;

    if (call >= DUET_CALLS)
        return sbi_error(SBI_ERR_INVALID_PARAM);
    sum = call_stats_sum(vcpu->vm, call);
    if (stats_len > sizeof(sum))
        stats_len = sizeof(sum);
    memcpy(stats, &sum, stats_len);
    return sbi_value(stats_len);
}
