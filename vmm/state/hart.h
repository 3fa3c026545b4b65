/* A hart's state: its registers, from and to KVM, and what KVM keeps of it that is in no register.
 */
#ifndef DUET_VMM_HART_H
#define DUET_VMM_HART_H

#include "vmm/state/snapshot.h"
#include "vmm/state/state_data.h"

struct vm;

/* What this host's harts are like. 0, or -1 after saying why. */
int hart_kind_read(int vcpu_fd, struct snapshot_kind *kind);

/* Writes the state of all harts, which are paused. 0, or -1 after saying why. */
int harts_save(struct vm *vm, struct state_writer *to);

/* Puts it into the harts of a machine that has not run yet; RAM is there. 0, or -1 after saying
 * why. */
int harts_load(struct vm *vm, const struct snapshot *snapshot);

#endif
