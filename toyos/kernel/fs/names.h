/* What names.c and rename.c share. All inside a journal operation, on locked inodes. */
#ifndef TOYOS_FS_NAMES_H
#define TOYOS_FS_NAMES_H

#include "toyos/kernel/fs/inode.h"

/* Lock a directory to change names in it. -ENOENT: it has been removed, and takes none any more. */
int names_lock_dir(struct inode *dir);

/* Adds to the number of the inode's names; `links` may be negative. 0, -EMLINK or -EIO. */
int names_add_links(struct inode *inode, int links);

/* Whether the name of `inode` may be removed, or lead to another inode: 0, or -ENOTEMPTY. */
int names_check_removable(struct inode *inode);

/* One name less leads to `inode`; a directory has no other. `dir` is the one that the name was in.
 */
int names_drop_link(struct inode *dir, struct inode *inode);

#endif
