/*
 * A vCPU's exits in the trace: each is recorded when it has been served, on the vCPU's thread. In
 * JSON a slice "guest" comes before it, for the time in KVM_RUN. Call these only when vm->trace is
 * not NULL.
 */
#ifndef DUET_VMM_TRACE_EXIT_H
#define DUET_VMM_TRACE_EXIT_H

#include <stdbool.h>
#include <stdint.h>

#include "vmm/trace/trace.h"

struct vcpu;

/* Opens the record of the exit that is being served, from KVM_RUN's return to now; the caller adds
 * what came of it, and writes it. */
void trace_exit_open(struct trace_record *record, struct vcpu *vcpu, const char *name);

/* An access of `len` bytes to guest physical address `gpa`; `data` is what a store wrote. */
void trace_mmio(struct vcpu *vcpu, uint64_t gpa, unsigned len, bool is_store, uint64_t data,
                const char *outcome);

/* KVM's system event, by its number and its name, or NULL. */
void trace_system_event(struct vcpu *vcpu, unsigned type, const char *name, uint64_t reason);

/* Another exit, or an error of KVM_RUN, in words. */
void trace_exit(struct vcpu *vcpu, const char *name, const char *outcome);

#endif
