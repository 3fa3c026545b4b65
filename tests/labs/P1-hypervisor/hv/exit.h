/* Why the guest came back, and what to do. */
#ifndef HV_EXIT_H
#define HV_EXIT_H

#include "hv/vcpu.h"

/* Serves the trap that has ended vcpu_run(), so that the guest can go on. A guest that cannot ends
 * the machine with STATUS_DIED. */
void exit_serve(struct vcpu *vcpu);

/* Says why the guest cannot go on, shows its registers, and ends the machine. */
_Noreturn void guest_died(const struct vcpu *vcpu, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
