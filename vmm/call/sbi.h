/* SBI calls that KVM leaves to user space, and what an SBI call returns. */
#ifndef DUET_VMM_SBI_H
#define DUET_VMM_SBI_H

#include <stdint.h>

#include "abi/sbi.h"

/* SBI 2.0 §3: error in a0, value in a1. */
struct sbi_ret {
    int64_t error;
    uint64_t value;
};

static inline struct sbi_ret
sbi_value(uint64_t value)
{
    return (struct sbi_ret){.value = value};
}

static inline struct sbi_ret
sbi_error(int64_t error)
{
    return (struct sbi_ret){.error = error};
}

struct vcpu;

/* Serves the SBI call in vcpu->run->riscv_sbi and leaves the result there for the next KVM_RUN. */
void sbi_serve(struct vcpu *vcpu);

#endif
