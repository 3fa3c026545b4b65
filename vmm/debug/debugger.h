/*
 * The debugger: a thread that serves gdb, and its hold on the vCPUs. All harts stop together, and
 * a vCPU that is held waits in its own thread, out of the guest and settled, so that its registers
 * can be read and written.
 *
 * It outlives the VM: a guest that is reset keeps its gdb and its breakpoints.
 */
#ifndef DUET_VMM_DEBUGGER_H
#define DUET_VMM_DEBUGGER_H

#include "vmm/debug/debug_target.h"

struct debugger;
struct vcpu;
struct vm;

/* Serves a line of gdb's `monitor`: prints what it says to `answer`. */
typedef void debugger_monitor(struct debugger *debugger, unsigned hart, const char *line,
                              FILE *answer);

/* Opens the link that --gdb=WHERE names. NULL after saying why not. */
struct debugger *debugger_open(const char *where, debugger_monitor *monitor);

/* The VM is about to run: sets vm->debugger. Its vCPUs are held until gdb lets them go. 0, or -1
 * after saying why. */
int debugger_begin(struct debugger *debugger, struct vm *vm);

/* The VM is over, as `ended` says; returns when the debugger has let go of it. */
void debugger_end(struct debugger *debugger, unsigned ended);

/* Ends the thread, closes the link and frees the debugger. After debugger_end(). */
void debugger_close(struct debugger *debugger);

/* For a vCPU's own thread; without a debugger these do nothing. Before its first entry to the
 * guest: waits until it may run. */
void debugger_vcpu_begin(struct vcpu *vcpu);

/* A kick took it out of the guest: waits here if the guest is stopped. */
void debugger_vcpu_pause(struct vcpu *vcpu);

/* It came out on an EBREAK: waits until it may go on. */
void debugger_vcpu_ebreak(struct vcpu *vcpu);

/* The guest died on it: stops in gdb, and returns when gdb lets it go on. */
void debugger_vcpu_died(struct vcpu *vcpu, enum stop_reason reason);

/* It runs no more. */
void debugger_vcpu_end(struct vcpu *vcpu);

#endif
