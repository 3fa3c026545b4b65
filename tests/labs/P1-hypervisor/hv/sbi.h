/* The firmware that the guest sees: SBI 2.0, and Duet's hypercalls. */
#ifndef HV_SBI_H
#define HV_SBI_H

#include "abi/sbi.h"
#include "hv/vcpu.h"

struct sbi_ret {
    int64_t error;
    uint64_t value; /* 0 if there is an error */
};

static inline struct sbi_ret
sbi_value(uint64_t value)
{
    return (struct sbi_ret){SBI_SUCCESS, value};
}

static inline struct sbi_ret
sbi_error(int64_t error)
{
    return (struct sbi_ret){error, 0};
}

/* Serves an ecall of the guest's: extension in a7, function in a6, arguments in a0 to a5. Error and
 * value go to a0 and a1, all else stays (§3). What is not known is SBI_ERR_NOT_SUPPORTED. */
void sbi_serve(struct vcpu *vcpu);

#endif
