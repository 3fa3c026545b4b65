/*
 * Hypercalls and SBI calls in the trace, decoded from their tables. Each is recorded when it has
 * been served, on the vCPU's thread, and only when vm->trace is not NULL.
 */
#ifndef DUET_VMM_CALL_TRACE_H
#define DUET_VMM_CALL_TRACE_H

#include <stdint.h>

#include "vmm/call/hypercall.h"
#include "vmm/call/sbi.h"
#include "vmm/trace/trace.h"

struct vcpu;

/* A hypercall of the table, with its registers and its arguments as hypercall_args_check() left
 * them. */
void trace_hypercall(struct vcpu *vcpu, const struct hypercall *call, const uint64_t reg[6],
                     const struct hypercall_arg arg[6], struct sbi_ret ret);

/* A hypercall that the table does not have. */
void trace_unknown(struct vcpu *vcpu, uint64_t nr);

/* Makes `record` a line of its own, without times, that shows a call of number `nr`; there need be
 * no trace. `call` is NULL if the table has none; `ret` is NULL if it has not returned. */
void trace_call_line(struct trace_record *record, const struct hypercall *call, uint64_t nr,
                     const uint64_t reg[6], const struct hypercall_arg arg[6],
                     const struct sbi_ret *ret);

/* Another SBI call: extension `id`, whose row is `extension`, or NULL if duet does not serve it. */
void trace_sbi(struct vcpu *vcpu, const struct sbi_extension *extension, uint64_t id,
               uint64_t function, const uint64_t reg[6], struct sbi_ret ret);

#endif
