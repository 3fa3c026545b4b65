/*
 * Holds all harts of a machine out of the guest, settled (regs.h), while somebody looks at them or
 * writes them down. The owner pauses and resumes; a vCPU's thread waits here wherever it is out of
 * the guest for a while: after a kick, and while a debugger holds it.
 */
#ifndef DUET_VMM_HOLD_H
#define DUET_VMM_HOLD_H

#include <pthread.h>
#include <stdbool.h>

#include "vmm/options.h"

struct vm;
struct vcpu;

struct holding {
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t changed; /* a hart came out, or is to go on */
    bool hold[CPUS_MAX];    /* the hart may not go back into the guest */
    bool out[CPUS_MAX];     /* it is out of the guest, and settled */
};

/* No hart is held. Before any vCPU runs. */
void holding_init(struct holding *holding);

/* On a vCPU's thread, out of the guest and settled: from here on the hart counts as out; and it is
 * to go back into the guest, which waits for as long as the machine is paused. */
void hold_vcpu_out(struct vcpu *vcpu);
void hold_vcpu_in(struct vcpu *vcpu);

/* The same at once, after a kick. */
void hold_vcpu_kicked(struct vcpu *vcpu);

/* On the vCPU's thread, in a call that it serves: the hart is paused before the guest's next
 * instruction. The owner has to vm_hold() then. */
void hold_vcpu_begin(struct vcpu *vcpu);

/* On the owner: gets all harts out of the guest. NULL when all are, or why not, in words that
 * follow "the machine is not saved: ": it ends, or is asked to shut down meanwhile, which it can
 * only when it runs; or a hart does not come to rest. Those that wait for an answer (saving.h) are
 * out all the same, unless the machine ends. vm_let_go() it in either case. A guest whose output
 * nobody takes keeps it waiting, for a minute: `meanwhile` is called again and again, which may end
 * the machine or ask it to shut down. */
const char *vm_hold(struct vm *vm, void (*meanwhile)(struct vm *vm));
void vm_let_go(struct vm *vm);

#endif
