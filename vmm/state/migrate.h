/*
 * Migration: a guest goes on in another duet, which waits for it (--migrate-from), and runs nearly
 * all of the time. `duet migrate` connects to that duet, and hands the connection over the control
 * socket, for duet itself can connect to nobody when its sandbox has closed.
 *
 * RAM is sent while the guest runs, and pages that were written to meanwhile are sent again: KVM
 * logs the guest's writes, duet its own (guest_mem_written()). When few are left, or after some
 * rounds, the guest is stopped, the rest is sent, and it goes on at the other end. Until then,
 * whatever fails leaves it here. migrate_stream.h says what is sent.
 */
#ifndef DUET_VMM_MIGRATE_H
#define DUET_VMM_MIGRATE_H

#include <signal.h>

struct options;
struct snapshot;
struct vm;

/* What sending takes: before any thread has its filter. */
void migrate_allow(void);

/* On the owner, while the machine runs: serves a request (guest/migrating.h), and says on stderr
 * how that went. As with save_serve(), `meanwhile` is called again and again. */
void migrate_serve(struct vm *vm, void (*meanwhile)(struct vm *vm));

/* Waits at this address for a guest, and takes what is known of it at first. 0, or -1 after saying
 * why. The connection stays for migrate_finish(), and so do `signals`: those that are served when
 * the guest runs. */
int migrate_accept(struct snapshot *snapshot, const char *address, const sigset_t *signals);

/* Takes the guest into a machine that was just created, with RAM and vCPUs for it; its devices are
 * not started. When this returns 0 the guest is ours, and has to run; the signals are blocked. -1
 * after saying why: it goes on where it was. */
int migrate_finish(struct vm *vm, const struct snapshot *first);

#endif
