/* Calls of the SBI implementation (SBI 2.0 §3): the firmware, or duet and KVM in its place. */
#ifndef TOYOS_SBI_CALL_H
#define TOYOS_SBI_CALL_H

#include "abi/guest.h"
#include "abi/sbi.h"

/* Calls `function` of an extension (SBI_*, abi/sbi.h). All argument registers are passed; a
 * function takes no notice of those that it has no use for. Of a legacy call `error` is the result.
 */
static inline struct duet_ret
sbi_call(uint64_t extension, uint64_t function, const uint64_t arg[6])
{
    return duet_ecall(extension, function, arg);
}

#endif
