/*
 * A vCPU's exits in the trace: each is recorded when it has been served, on the vCPU's thread. In
 * JSON with a slice "guest" before it, for the time in KVM_RUN. Only when vm->trace is not NULL.
 */
#ifndef DUET_VMM_TRACE_EXIT_H
#define DUET_VMM_TRACE_EXIT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/call/hypercall.h"
#include "vmm/call/sbi.h"
#include "vmm/trace/trace.h"

struct vcpu;

void trace_hypercall(struct vcpu *vcpu, const struct hypercall *call, const uint64_t reg[6],
                     const struct hypercall_arg arg[6], struct sbi_ret ret);
/* Makes `record` a line of its own, without times, that shows a call of number `nr`. `call` is NULL
 * if the table has none; `ret` is NULL if it has not returned. */
void trace_call_line(struct trace_record *record, const struct hypercall *call, uint64_t nr,
                     const uint64_t reg[6], const struct hypercall_arg arg[6],
                     const struct sbi_ret *ret);
void trace_unknown(struct vcpu *vcpu, uint64_t nr);
void trace_sbi(struct vcpu *vcpu, uint64_t extension, uint64_t function, const uint64_t reg[6],
               struct sbi_ret ret);

/* An access of `len` bytes to guest physical address `gpa`; `data` is what a store wrote. */
void trace_mmio(struct vcpu *vcpu, uint64_t gpa, unsigned len, bool is_store, uint64_t data,
                const char *outcome);

/* KVM's system event, by its number and its name, or NULL. */
void trace_system_event(struct vcpu *vcpu, unsigned type, const char *name, uint64_t reason);

/* Another exit, or an error of KVM_RUN, in words. */
void trace_exit(struct vcpu *vcpu, const char *name, const char *outcome);

#endif
