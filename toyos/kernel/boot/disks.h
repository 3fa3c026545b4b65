/* The disks at boot: memory for the RAM disk and the buffer cache, and which disk is the root. */
#ifndef TOYOS_DISKS_H
#define TOYOS_DISKS_H

#include "toyos/kernel/mm/ranges.h"

/* Takes the memory for RAM disk and buffer cache out of `free`, before the page allocator has it.
 * Files use no other memory: page_count_free does not depend on them. A bad initrd, or too little
 * memory, is a panic. */
void disks_reserve(struct ranges *free, struct range initrd);

/* Registers the RAM disk and mounts the root: "disk0" if it has a file system of toyos, else the
 * RAM disk. A root that cannot be mounted is a panic. */
void disks_mount(void);

#endif
