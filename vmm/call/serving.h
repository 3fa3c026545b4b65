/*
 * Which hypercall a vCPU's thread serves, so that messages can name a handler that crashes, does
 * not return, or is stopped by the sandbox. This reads what hypercall_serve() writes down anyway
 * (recent_call.h), so a call pays nothing for it.
 */
#ifndef DUET_VMM_SERVING_H
#define DUET_VMM_SERVING_H

#include <stdbool.h>

struct vcpu;
struct vm;

/* On the vCPU's thread, before it serves its first hypercall. */
void serving_begin(const struct vcpu *vcpu);

/* On the thread of vCPU `id`, before it has its filter: gives it a stack for signals, so that an
 * overflow of its own stack is reported. */
void serving_stack_begin(unsigned id);

/* The name of the hypercall that the calling thread serves, "add" for hc_add(); NULL if none. May
 * be called in a signal handler. */
const char *serving_name(void);

/* Once, before any thread: a bad pointer (SIGSEGV, SIGBUS) is reported in a line that names the
 * hypercall; then duet dies of the signal, as it would have. */
void serving_crash_report(void);

/* How often serving_watch() is to be called. */
#define SERVING_WATCH_SECONDS 5

/* Reports each handler that has been computing since the last call of this function, once a
 * hypercall. A handler that waits, such as for a reader of stdout, is not reported. On the VM's
 * owner. */
void serving_watch(const struct vm *vm);

/* True if a vCPU's thread will not end, because the handler of its hypercall does not return; then
 * the handler has been reported. Call it every 100 ms once the machine has ended, on the VM's
 * owner. */
bool serving_is_stuck(const struct vm *vm);

#endif
