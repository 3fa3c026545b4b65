/*
 * The trace: a line for each call, decoded from the table. Times are seconds since the VM was
 * created; the number behind is the vCPU.
 *
 *     0.012345 0 console_write("hello\n", 6) = 6
 */
#ifndef DUET_VMM_TRACE_H
#define DUET_VMM_TRACE_H

#include <stdint.h>

#include "vmm/hypercall.h"
#include "vmm/sbi.h"

struct vcpu;

/* Nothing happens in any of these while vm->trace is NULL. */
void trace_hypercall(const struct vcpu *vcpu, const struct hypercall *call, const uint64_t reg[6],
                     const struct hypercall_arg arg[6], struct sbi_ret ret);
void trace_unknown(const struct vcpu *vcpu, uint64_t nr);
void trace_sbi(const struct vcpu *vcpu, uint64_t extension, uint64_t function,
               const uint64_t reg[6], struct sbi_ret ret);

#endif
