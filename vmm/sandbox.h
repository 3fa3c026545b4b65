/*
 * The sandbox: what is left to a guest that has broken out into duet. In two steps:
 *
 * 1. The process, when all files are open. It gets no new privileges and no capabilities, leaves no
 *    core file, and by Landlock can open no path: it keeps what is open. If root started it, it
 *    becomes user 65534, "nobody"; where there is no such user, as in a user namespace with one
 *    user, it stays root.
 * 2. Each thread, before it serves the guest. A filter allows it the system calls that its kind
 *    needs (struct sandbox_kind). Any other call ends duet with a line that names the call.
 *
 * Filters add up: a thread also has those of the thread that started it. So the owner of the VM
 * takes its own filter after the vCPUs' threads have theirs. Threads that it starts after a reset
 * have both filters, and a hypercall then costs 10 % more.
 */
#ifndef DUET_VMM_SANDBOX_H
#define DUET_VMM_SANDBOX_H

#include <asm/unistd.h>
#include <stdint.h>

/* A system call that is allowed: always; an ioctl, for one request; or one whose third argument is
 * a protection, without PROT_EXEC. */
struct sandbox_rule {
    uint16_t number;
    enum { SANDBOX_ANY, SANDBOX_REQUEST, SANDBOX_NO_EXEC } check;
    uint32_t request;
};
#define SANDBOX_CALL(name)         {__NR_##name, SANDBOX_ANY, 0}
#define SANDBOX_IOCTL(request)     {__NR_ioctl, SANDBOX_REQUEST, (uint32_t)(request)}
#define SANDBOX_CALL_NO_EXEC(name) {__NR_##name, SANDBOX_NO_EXEC, 0}

/* System calls that are allowed for one reason. */
struct sandbox_group {
    const struct sandbox_rule *rule;
    unsigned count;
};
#define SANDBOX_GROUP(...)                                                                         \
    {(const struct sandbox_rule[]){__VA_ARGS__},                                                   \
     sizeof((const struct sandbox_rule[]){__VA_ARGS__}) / sizeof(struct sandbox_rule)}

#define SANDBOX_GROUPS_MAX 24

/* A kind of thread: what it is called, and what it may do besides KVM_RUN. A filter is a list, so
 * the group that a thread uses most comes first. */
struct sandbox_kind {
    const char *name;
    const struct sandbox_group *group[SANDBOX_GROUPS_MAX];
};

/* Groups for any kind of thread: */
extern const struct sandbox_group sandbox_every_thread; /* locks, messages, its end: all need it */
extern const struct sandbox_group sandbox_terminal;     /* all need it: a violation resets that */
extern const struct sandbox_group sandbox_terminal_raw; /* to make the terminal raw */
extern const struct sandbox_group sandbox_interrupt;    /* the guest's external interrupt */
extern const struct sandbox_group sandbox_poll;         /* to wait for a file descriptor */
extern const struct sandbox_group sandbox_memory;       /* for malloc and stacks */
extern const struct sandbox_group sandbox_file;         /* to read open files at any place */

/* The kinds that belong to no device (device/device.h). The owner builds the VM, takes signals,
 * takes all apart, and builds it anew after a reset. */
extern const struct sandbox_kind sandbox_owner, sandbox_vcpu, sandbox_debugger;

struct options;

/* What a device needs: `thread`, the kind of its own thread, which the owner starts anew after a
 * reset, under its own filter; and further system calls of the vCPUs and of the owner. Each may be
 * NULL. Before any thread has a filter. */
void sandbox_allow(const struct sandbox_kind *thread, const struct sandbox_group *vcpu_calls,
                   const struct sandbox_group *owner_calls);

/* Returns the name of the hypercall that the calling thread serves, or NULL, for the line on a
 * violation. It is set before step 1, and called in a signal handler. */
extern const char *(*sandbox_call_name)(void);

/* Step 1. With --sandbox=off it only says so. 0, or -1 after saying why. */
int sandbox_process(const struct options *options);

/* Both steps for a process of one thread that helps duet with files: it keeps its user, and may
 * create, write, rename and remove files in this folder, and nowhere else. 0, or -1 after saying
 * why. */
int sandbox_helper(int folder_fd, const struct sandbox_kind *kind);

/* Step 2, for the calling thread; without step 1 it does nothing. Ends duet with status 127 if it
 * cannot be done. */
void sandbox_thread(const struct sandbox_kind *kind);

#endif
