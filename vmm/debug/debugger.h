/*
 * The debugger: a thread that serves gdb, and its hold on the vCPUs. All harts stop together, and
 * a vCPU that is held waits in its own thread, out of the guest and settled, so that its registers
 * can be read and written.
 *
 * It outlives the VM: a guest that is reset keeps its gdb and its breakpoints.
 *
 * Fields: as marked. Lock order: `lock` is taken alone.
 */
#ifndef DUET_VMM_DEBUGGER_H
#define DUET_VMM_DEBUGGER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/debug/breakpoint.h"
#include "vmm/debug/gdb_link.h"
#include "vmm/debug/gdb_stub.h"
#include "vmm/debug/step.h"
#include "vmm/options.h"

struct vcpu;
struct vm;

enum hart_event {
    HART_NOTHING,
    HART_EBREAK, /* it is on an EBREAK, ours or the guest's own */
    HART_DIED,   /* the guest died on it */
};

struct debugger_hart {
    sem_t go; /* posted when `hold` may have changed */

    /* Under the lock. */
    bool hold;   /* is to stay out of the guest */
    bool parked; /* is out of it, and waits */
    bool left;   /* has ended */
    enum hart_event event;
    enum gdb_signal signal; /* of HART_DIED */

    /* The debugger's thread's. */
    enum target_run run;
    struct step step; /* where a step may end */
    bool masked;      /* its interrupts are off, while it steps; `sie` is what was */
    uint64_t sie;
    bool death_told;
};

struct debugger {
    pthread_t thread;
    bool has_thread;
    bool has_begun; /* a VM has run */

    pthread_mutex_t lock;
    pthread_cond_t changed; /* any of what follows, and what is under the lock in `hart` */
    struct vm *vm;          /* NULL between two, and at the end */
    bool vm_over;           /* it is to be let go of */
    bool close;             /* the thread is to end */
    unsigned vm_ended;      /* how it ended: vm->ending.how */

    struct debugger_hart hart[CPUS_MAX];

    /* The debugger's thread's. */
    struct gdb_link link;
    struct gdb_stub stub;
    struct breakpoints points;
    bool stopped;      /* all harts are */
    uint64_t told_gva; /* the breakpoint that gdb was told last has no effect */
    int solo;          /* the hart that alone runs, past an EBREAK that is not for it; -1: none */
    struct step past;  /* where it may be then */
};

/* Opens the link that --gdb=WHERE names. NULL after saying why not. */
struct debugger *debugger_open(const char *where);

/* The VM is about to run: sets vm->debugger. Its vCPUs are held until gdb lets them go. 0, or -1
 * after saying why. */
int debugger_begin(struct debugger *debugger, struct vm *vm);

/* The VM is over, as `ended` says; returns when the debugger has let go of it. */
void debugger_end(struct debugger *debugger, unsigned ended);

void debugger_close(struct debugger *debugger);

/* For a vCPU's own thread; without a debugger these do nothing. Before its first entry to the
 * guest: waits until it may run. */
void debugger_vcpu_begin(struct vcpu *vcpu);

/* A kick took it out of the guest: waits here if the guest is stopped. */
void debugger_vcpu_pause(struct vcpu *vcpu);

/* It came out on an EBREAK: waits until it may go on. */
void debugger_vcpu_ebreak(struct vcpu *vcpu);

/* The guest died on it: lets gdb have a look, and returns when that is enough. */
void debugger_vcpu_died(struct vcpu *vcpu, enum gdb_signal signal);

/* It runs no more. */
void debugger_vcpu_end(struct vcpu *vcpu);

/* For target_monitor(): has the guest start again and stop at its first instruction. */
void debugger_reset(struct debugger *debugger);

#endif
