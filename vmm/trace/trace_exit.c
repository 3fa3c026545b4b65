/* A vCPU's exits in the trace, decoded. */
#include "vmm/trace/trace_exit.h"

#include <stdio.h>

#include "vmm/machine/vm.h"
#include "vmm/trace/clock.h"

static const char unknown_call[] = "unknown hypercall";

/* Opens the record of the exit that is being served, from KVM_RUN's return to now. */
static void
exit_open(struct trace_record *record, struct vcpu *vcpu, const char *name)
{
    uint64_t now = clock_ns();

    trace_record_init(record, vcpu->vm->trace);
    if (trace_is_json(vcpu->vm->trace)) {
        trace_record_open(record, vcpu->id, "guest", vcpu->entry_ns, vcpu->exit_ns);
        trace_record_outcome(record, "");
    }
    trace_record_open(record, vcpu->id, name, vcpu->exit_ns, now);
    vcpu->entry_ns = now;
}

/* A call's arguments; `ret` is NULL if it has not returned. */
static void
call_args(struct trace_record *record, const struct hypercall *call, const uint64_t reg[6],
          const struct hypercall_arg arg[6], const struct sbi_ret *ret)
{
    char len_name[64];

    for (unsigned i = 0; i < call->param_count; i++) {
        enum hypercall_kind kind = call->param[i].kind;
        const char *name = call->param[i].name;
        uint64_t value = *reg++;

        if (kind == KIND_IN || kind == KIND_OUT) {
            uint64_t len = *reg++;

            /* What a failed call left in its buffer says nothing, and a refused one has none. */
            if (!arg[i].data || (kind == KIND_OUT && (!ret || ret->error)))
                trace_record_hex(record, name, value);
            else
                trace_record_bytes(record, name, arg[i].data,
                                   kind == KIND_OUT && ret->value < len ? ret->value : len);
            snprintf(len_name, sizeof(len_name), "%s_len", name);
            trace_record_len(record, len_name, len);
        } else if (kind == KIND_FLAGS) {
            trace_record_hex(record, name, value);
        } else {
            trace_record_value(record, name, value);
        }
    }
}

void
trace_hypercall(struct vcpu *vcpu, const struct hypercall *call, const uint64_t reg[6],
                const struct hypercall_arg arg[6], struct sbi_ret ret)
{
    struct trace_record record;

    exit_open(&record, vcpu, call->name);
    call_args(&record, call, reg, arg, &ret);
    trace_record_result(&record, ret.error, ret.value);
    trace_record_write(&record);
}

void
trace_call_line(struct trace_record *record, const struct hypercall *call, uint64_t nr,
                const uint64_t reg[6], const struct hypercall_arg arg[6], const struct sbi_ret *ret)
{
    trace_record_line(record, call ? call->name : unknown_call);
    if (call)
        call_args(record, call, reg, arg, ret);
    else
        trace_record_value(record, "number", nr);
    if (ret)
        trace_record_result(record, ret->error, ret->value);
    else
        trace_record_outcome(record, "?");
}

void
trace_unknown(struct vcpu *vcpu, uint64_t nr)
{
    struct trace_record record;

    exit_open(&record, vcpu, unknown_call);
    trace_record_value(&record, "number", nr);
    trace_record_result(&record, SBI_ERR_NOT_SUPPORTED, 0);
    trace_record_write(&record);
}

/* What SBI calls that KVM forwards are called (SBI 2.0 §4, §12), with how many arguments. */
static const struct {
    uint64_t extension, function;
    const char *name;
    const char *arg[3];
} sbi_calls[] = {
    {SBI_BASE, SBI_BASE_PROBE, "sbi probe_extension", {"extension"}},
    {SBI_DBCN, SBI_DBCN_WRITE, "sbi debug_console_write", {"len", "address", "address_high"}},
    {SBI_DBCN, SBI_DBCN_READ, "sbi debug_console_read", {"len", "address", "address_high"}},
    {SBI_DBCN, SBI_DBCN_WRITE_BYTE, "sbi debug_console_write_byte", {"byte"}},
};

void
trace_sbi(struct vcpu *vcpu, uint64_t extension, uint64_t function, const uint64_t reg[6],
          struct sbi_ret ret)
{
    static const char *const unknown[] = {"extension", "function", "a0", "a1", "a2"};
    struct trace_record record;

    for (size_t i = 0; i < sizeof(sbi_calls) / sizeof(sbi_calls[0]); i++) {
        if (sbi_calls[i].extension != extension || sbi_calls[i].function != function)
            continue;
        exit_open(&record, vcpu, sbi_calls[i].name);
        for (unsigned n = 0; n < 3 && sbi_calls[i].arg[n]; n++)
            trace_record_value(&record, sbi_calls[i].arg[n], reg[n]);
        trace_record_result(&record, ret.error, ret.value);
        trace_record_write(&record);
        return;
    }
    exit_open(&record, vcpu, "sbi");
    trace_record_hex(&record, unknown[0], extension);
    trace_record_value(&record, unknown[1], function);
    for (unsigned n = 0; n < 3; n++)
        trace_record_value(&record, unknown[2 + n], reg[n]);
    trace_record_result(&record, ret.error, ret.value);
    trace_record_write(&record);
}

void
trace_mmio(struct vcpu *vcpu, uint64_t gpa, unsigned len, bool is_store, uint64_t data,
           const char *outcome)
{
    struct trace_record record;

    exit_open(&record, vcpu, is_store ? "mmio store" : "mmio load");
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

    exit_open(&record, vcpu, "system event");
    trace_record_value(&record, "type", type);
    trace_record_value(&record, "reason", reason);
    trace_record_outcome(&record, name ? name : "unknown");
    trace_record_write(&record);
}

void
trace_exit(struct vcpu *vcpu, const char *name, const char *outcome)
{
    struct trace_record record;

    exit_open(&record, vcpu, name);
    trace_record_outcome(&record, outcome);
    trace_record_write(&record);
}
