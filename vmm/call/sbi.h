/*
 * SBI calls that KVM leaves to user space, and what an SBI call returns. Each extension that duet
 * serves is a row of one table. To add one: a line in SBI_EXTENSIONS, and a file that defines its
 * row (sbi_debug_console.c is an example).
 */
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

/* The extensions, by the names of their rows: sbi_base and so on. */
#define SBI_EXTENSIONS(EXTENSION)                                                                  \
    EXTENSION(base)                                                                                \
    EXTENSION(duet)                                                                                \
    EXTENSION(debug_console)

/* How the trace shows a function: its name and its arguments' names, a0 first. */
struct sbi_function {
    uint64_t number;
    const char *name; /* NULL: behind the last */
    const char *arg[6];
};

/* KVM forwards the extension without being told (its BASE, vendor and experimental ranges). */
#define SBI_KVM_FORWARDS (-1)

struct sbi_extension {
    uint64_t id;
    const char *name;
    uint64_t probe; /* what a probe returns (SBI 2.0 §4.4); not 0 */
    /* Serves a call with registers a0..a5 as the guest left them. On the vCPU's thread. */
    struct sbi_ret (*serve)(struct vcpu *vcpu, uint64_t function, const uint64_t reg[6]);
    /* KVM's number of it (KVM_RISCV_SBI_EXT_...), if KVM has to be told to forward it. */
    int kvm_number;
    const struct sbi_function *function; /* NULL: the trace has its own way to show its calls */
};

#define SBI_DECLARE_(name) extern const struct sbi_extension sbi_##name;
SBI_EXTENSIONS(SBI_DECLARE_)

/* The table: `*count` rows. */
const struct sbi_extension *const *sbi_extensions(unsigned *count);

/* The row of the extension with this number; NULL if duet does not serve it. */
const struct sbi_extension *sbi_extension_find(uint64_t id);

/* Serves the SBI call in vcpu->run->riscv_sbi and leaves the result there for the next KVM_RUN. */
void sbi_serve(struct vcpu *vcpu);

#endif
