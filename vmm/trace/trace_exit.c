/* A vCPU's exits in the trace, decoded. */
#include "vmm/trace/trace_exit.h"

#include "vmm/machine/vm.h"
#include "vmm/trace/clock.h"

void
trace_exit_open(struct trace_record *record, struct vcpu *vcpu, const char *name)
{
    uint64_t now = clock_ns();

    trace_record_init(record, vcpu->vm->trace);
    if (trace_has_guest_time(vcpu->vm->trace)) {
        trace_record_open(record, vcpu->id, "guest", vcpu->entry_ns, vcpu->exit_ns);
        trace_record_outcome(record, "");
    }
    trace_record_open(record, vcpu->id, name, vcpu->exit_ns, now);
    vcpu->entry_ns = now;
}

void
trace_mmio(struct vcpu *vcpu, uint64_t gpa, unsigned len, bool is_store, uint64_t data,
           const char *outcome)
{
    struct trace_record record;

    trace_exit_open(&record, vcpu, is_store ? "mmio store" : "mmio load");
    trace_record_hex(&record, "address", gpa);
    trace_record_len(&record, "len", len);
    if (is_store)
        trace_record_value(&record, "data", data);
    trace_record_outcome(&record, outcome);
    trace_record_write(&record);
}

void
trace_system_event(struct vcpu *vcpu, unsigned type, const char *name, uint64_t reason)
{
    struct trace_record record;

    trace_exit_open(&record, vcpu, "system event");
    trace_record_value(&record, "type", type);
    trace_record_value(&record, "reason", reason);
    trace_record_outcome(&record, name ? name : "unknown");
    trace_record_write(&record);
}

void
trace_exit(struct vcpu *vcpu, const char *name, const char *outcome)
{
    struct trace_record record;

    trace_exit_open(&record, vcpu, name);
    trace_record_outcome(&record, outcome);
    trace_record_write(&record);
}
