/*
 * The guest's hart: its registers while the hypervisor runs, and the way into it and back. C and
 * assembly can both include this.
 */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include "hv/csr.h"

/* struct vcpu, for vcpu_run.S */
#define VCPU_X(n)    (8 * (n))
#define VCPU_PC      256
#define VCPU_SSTATUS 264
#define VCPU_HSTATUS 272
#define VCPU_SCAUSE  280
#define VCPU_STVAL   288
#define VCPU_HTVAL   296
#define VCPU_HOST_SP 304

#ifndef __ASSEMBLER__

#include <stdint.h>

struct vcpu {
    uint64_t x[X_COUNT]; /* x[0] is not used */
    uint64_t pc;
    uint64_t sstatus; /* the hypervisor's, of which SPP is the guest's mode: VS or VU */
    uint64_t hstatus;

    /* Why it came back; Privileged 1.12 §8.6 */
    uint64_t scause, stval;
    uint64_t htval; /* of a guest-page fault: the guest physical address >> 2 */

    uint64_t host_sp; /* vcpu_run's own */
};

/* The state in which SBI 2.0 §9.1 has a hart begin: at `pc`, in VS-mode without paging, a0 = 0, its
 * number, a1 = `tree`, both guest physical addresses. What of its traps and interrupts is the
 * guest's own, and what it may read of the host's counters. */
void vcpu_init(struct vcpu *vcpu, uint64_t pc, uint64_t tree);

/* Runs the guest until a trap that is not its own (vcpu_run.S). */
void vcpu_run(struct vcpu *vcpu);

/* Has the guest take an exception itself, as its hart would have without a hypervisor
 * (Privileged 1.12 §8.6.2). */
void vcpu_trap(struct vcpu *vcpu, uint64_t cause, uint64_t value);

#endif
#endif
