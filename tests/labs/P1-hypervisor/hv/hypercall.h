/*
 * Duet's hypercalls, from the same table as duet's own (abi/hypercalls.h). The handler for a line
 * of the table is a function
 *
 *     struct sbi_ret hc_<name>(struct vcpu *vcpu, the line's arguments);
 *
 * Each argument has been checked as its kind promises. A buffer is a guest physical address and a
 * length: all of it is in RAM, and hv/guest_mem.h gets at it. A call without a handler returns
 * SBI_ERR_NOT_SUPPORTED.
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include "abi/hypercalls.h"
#include "hv/sbi.h"

struct sbi_ret hypercall_serve(struct vcpu *vcpu, uint64_t number, const uint64_t reg[6]);

#define PARAM_(travels, kind, name, limit) PARAM_##travels(name)
#define PARAM_NOTHING(name)
#define PARAM_WORD(name) , uint64_t name
#define PARAM_READ(name) , uint64_t name, uint64_t name##_len
#define PARAM_FILL(name) , uint64_t name, uint64_t name##_len
#define HANDLER_(number, name, what, ...)                                                          \
    __attribute__((weak)) struct sbi_ret hc_##name(                                                \
        struct vcpu *vcpu DUET_ARGS_EACH(PARAM_, __VA_ARGS__));
DUET_HYPERCALLS(HANDLER_)

#endif
