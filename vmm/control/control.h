/*
 * The control socket of a VM: its user's other programs, `duet stop NAME` and so on (client.h),
 * have it do what command.h lists. Each client says one command, and gets an answer or the console.
 *
 * The kernel says which user a client belongs to; another user's is hung up on. Nothing that a
 * client itself says is trusted. The thread that serves the clients waits for none of them, and no
 * vCPU waits for the thread. The first client starts the thread: the kernel sends the owner SIGIO.
 */
#ifndef DUET_VMM_CONTROL_H
#define DUET_VMM_CONTROL_H

#include "vmm/options.h"

struct vm;

/* Opens the socket and tells the sandbox of its thread. 0, or -1 after saying why. Where there can
 * be no socket, a VM that was given no name does without, and says so. */
int control_open(const struct options *options);

/* The VM is about to run. On its owner, which from now on is sent SIGIO for a client. */
void control_begin(struct vm *vm);

/* The owner was sent SIGIO. */
void control_client_came(void);

/* The VM's vCPUs have ended. Those at the console stay for the VM after a reset. */
void control_end(void);

/* Hangs up on all clients, and closes the socket. */
void control_close(void);

#endif
