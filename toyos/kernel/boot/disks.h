/* The disks at boot: memory for the RAM disk and the buffer cache, and which disk is the root. */
#ifndef TOYOS_DISKS_H
#define TOYOS_DISKS_H

#include "toyos/kernel/mm/ranges.h"

/* Take what is needed out of `free`, before the page allocator has it. What is reserved here is all
 * that files ever use: page_count_free does not depend on them. A bad initrd is a panic. */
void disks_reserve(struct ranges *free, struct range initrd);

/* Register the RAM disk and mount the root: "disk0" if it has a file system of toyos, else the RAM
 * disk. One that cannot be mounted is a panic. */
void disks_mount(void);

#endif
