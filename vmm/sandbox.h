/*
 * The sandbox: what is left to a guest that has broken out into duet. In two steps:
 *
 * 1. The process, when all files are open: no new privileges, no capabilities, not root (who
 *    started it as root finds it as user 65534, "nobody", unless there is no such user, as in a
 *    user namespace with one), no core file, and by Landlock no path at
 *    all: what is open is all there is. KVM is told of nothing else either.
 * 2. Each thread, before it has to do with the guest: a filter of the system calls that its kind
 *    needs (the table in sandbox.c). Any other one ends duet with a line that names it.
 *
 * Filters add up: a thread has those of the thread that started it, too. So the owner of the VM
 * gets its own when the vCPUs' threads have theirs; those that it starts later have both, and after
 * a reset a hypercall costs 10 % more.
 */
#ifndef DUET_VMM_SANDBOX_H
#define DUET_VMM_SANDBOX_H

enum sandbox_kind {
    SANDBOX_OWNER, /* builds the VM, takes signals, takes all apart, builds it anew after a reset */
    SANDBOX_VCPU,
    SANDBOX_CONSOLE,
    SANDBOX_DISKS,
    SANDBOX_DEBUGGER,
};

struct options;

/* Step 1; nothing with --sandbox=off, which is said. 0, or -1 after saying why. */
int sandbox_process(const struct options *options);

/* Step 2, on the thread; nothing before step 1. Ends duet with status 127 if it cannot be done. */
void sandbox_thread(enum sandbox_kind kind);

#endif
