/*
 * The guest's disks (abi/disk.h). A thread of their own takes requests from the guest's queues, has
 * the host's kernel serve them by io_uring, several at a time, and hands the completions back. KVM
 * itself takes the doorbells (ioeventfd): a guest's request takes no exit to duet.
 *
 * The guest writes to a queue as it likes, while we read it. What we rely on is here: the rings'
 * ends, and a copy of each request that was taken.
 */
#ifndef DUET_VMM_DISK_H
#define DUET_VMM_DISK_H

#include <stdio.h>

#include "vmm/device/disk_file.h"

struct vm;
struct disks;

/* Makes `count` disks, 1 or more, of these images, and starts their thread. NULL after saying why.
 */
struct disks *disks_create(struct vm *vm, const struct disk_file *file, unsigned count);

/* Waits until what the thread has taken is done. NULL is allowed here and below: there are no
 * disks. */
void disks_destroy(struct disks *disks);

/* Sets the level of the disks' events anew, as the guest's `wake` says now. From any thread. */
void disks_events_update(struct disks *disks);

/* Prints what was served. From any thread. */
void disks_stats_print(const struct disks *disks, FILE *to);

#endif
