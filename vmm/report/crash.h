/* The end of a guest that died: a report on stderr, and status 126. On the thread of the vCPU. */
#ifndef DUET_VMM_CRASH_H
#define DUET_VMM_CRASH_H

#include "abi/hypercalls.h"

struct vcpu;

/* The guest died for a reason that duet gives. */
void crash_report(struct vcpu *vcpu, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* KVM gave the exit in vcpu->run, and duet has no use for it. */
void crash_report_exit(struct vcpu *vcpu);

/* KVM_RUN failed with this error. */
void crash_report_error(struct vcpu *vcpu, int error);

/* The guest trapped while it had no trap handler: scause, sepc and stval say how. */
void crash_report_trap(struct vcpu *vcpu);

/* The guest gave up by itself. `trap` is its state at the trap that made it, or NULL for the state
 * it is in. `text` is `len` bytes that it says of the reason. */
void crash_report_panic(struct vcpu *vcpu, const struct duet_trap_regs *trap, const char *text,
                        uint64_t len);

#endif
