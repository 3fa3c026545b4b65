/* Which blocks and inodes are free, and which inodes have lost their last name. All inside a
 * journal operation. */
#ifndef TOYOS_FS_ALLOC_H
#define TOYOS_FS_ALLOC_H

#include <stdint.h>

void alloc_init(void);

/* A free block, now taken; its contents are anything. 0, -ENOSPC or -EIO. */
int alloc_block(uint32_t *block);
int alloc_free_block(uint32_t block);

int alloc_inode(uint32_t *number);
int alloc_free_inode(uint32_t number);

/* Remember that this inode has no name any more, so that the next mount frees it if the power goes
 * before its last user has; and forget it again. */
int alloc_add_orphan(uint32_t number);
int alloc_remove_orphan(uint32_t number);

#endif
