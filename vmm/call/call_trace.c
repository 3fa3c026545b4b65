/* Hypercalls and SBI calls in the trace, decoded from their tables. */
#include "vmm/call/call_trace.h"

#include <stdio.h>

#include "vmm/machine/vm.h"
#include "vmm/trace/trace_exit.h"

static const char unknown_call[] = "unknown hypercall";

/* Writes the arguments of a call; `ret` is NULL if the call has not returned. */
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

            /* A failed call leaves nothing meaningful in its output buffer, and a refused call has
             * no buffer. */
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

    trace_exit_open(&record, vcpu, call->name);
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

    trace_exit_open(&record, vcpu, unknown_call);
    trace_record_value(&record, "number", nr);
    trace_record_result(&record, SBI_ERR_NOT_SUPPORTED, 0);
    trace_record_write(&record);
}

void
trace_sbi(struct vcpu *vcpu, const struct sbi_extension *extension, uint64_t id, uint64_t function,
          const uint64_t reg[6], struct sbi_ret ret)
{
    static const struct sbi_function unknown = {.arg = {"a0", "a1", "a2"}};
    const struct sbi_function *known = extension ? extension->function : NULL;
    struct trace_record record;
    char name[64] = "sbi";

    while (known && known->name && known->number != function)
        known++;
    if (known && known->name)
        snprintf(name, sizeof(name), "sbi %s", known->name);
    else if (extension)
        snprintf(name, sizeof(name), "sbi %s", extension->name);
    trace_exit_open(&record, vcpu, name);
    if (!known || !known->name) {
        known = &unknown;
        trace_record_hex(&record, "extension", id);
        trace_record_value(&record, "function", function);
    }
    for (unsigned i = 0; i < 6 && known->arg[i]; i++)
        trace_record_value(&record, known->arg[i], reg[i]);
    trace_record_result(&record, ret.error, ret.value);
    trace_record_write(&record);
}
