/* The machine's disks, for another device that gives them to the guest. */
#ifndef DUET_VMM_DISK_H
#define DUET_VMM_DISK_H

#include <stdint.h>

struct disk;
struct vm;

/* The disk with this number, or NULL if the guest has none. */
struct disk *disk_find(const struct vm *vm, uint64_t number);

/* The eventfd that wakes the disks' thread. There is a disk. */
int disks_doorbell_fd(const struct vm *vm);

/* Ends the disks' thread, and with it its use of the fronts, before a front is destroyed. The
 * vCPUs' threads have ended. */
void disks_stop(struct vm *vm);

#endif
