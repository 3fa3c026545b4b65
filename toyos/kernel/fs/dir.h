/* Directories: names to inode numbers, by hash. The directory is locked; names are FS_NAME_MAX
 * bytes, padded with NULs. format.h says how it is laid out. */
#ifndef TOYOS_FS_DIR_H
#define TOYOS_FS_DIR_H

#include "toyos/kernel/fs/inode.h"

/* Whether it is "." or "..". */
bool dir_is_dot(const char name[FS_NAME_MAX]);

/* The inode number of a name; -ENOENT if there is none. */
int dir_find(struct inode *dir, const char name[FS_NAME_MAX], uint32_t *number);

/* Sets *inode to the inode of a name, with a reference. 0; or *inode is NULL, and
 * -ENOENT, -ENFILE or -EIO. */
int dir_get(struct inode *dir, const char name[FS_NAME_MAX], struct inode **inode);

/* The same for a `dir` that is not locked. -ENOTDIR if it is no directory. */
int dir_lookup(struct inode *dir, const char name[FS_NAME_MAX], struct inode **inode);

/* Nothing but "." and ".." in it: 1 or 0; or -EIO. */
int dir_is_empty(struct inode *dir);

/* The rest is inside a journal operation. */

/* Make the first bucket of a new directory. */
int dir_init(struct inode *dir, uint32_t parent);

/* Add a name, which must not be there. -ENOSPC: the disk is full, or too many names collide. */
int dir_add(struct inode *dir, const char name[FS_NAME_MAX], uint32_t number);
int dir_remove(struct inode *dir, const char name[FS_NAME_MAX]);

/* Makes a name that is there, or "..", lead to another inode. */
int dir_set(struct inode *dir, const char name[FS_NAME_MAX], uint32_t number);

#endif
