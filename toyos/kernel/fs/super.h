/* The superblock of the file system that is mounted. */
#ifndef TOYOS_FS_SUPER_H
#define TOYOS_FS_SUPER_H

#include "toyos/kernel/fs/format.h"

struct block_device;

/* Constant while mounted. */
extern struct fs_super fs_super;

/* Reads fs_super from a disk and checks it. 0, -EIO, or -EINVAL if it makes no sense; the kernel's
 * log has a line that says what is wrong. */
int super_read(struct block_device *device);

#endif
