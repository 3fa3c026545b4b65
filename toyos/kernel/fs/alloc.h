/* Which blocks and inodes are free, and which inodes have lost their last name. All inside a
 * journal operation. */
#ifndef TOYOS_FS_ALLOC_H
#define TOYOS_FS_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

void alloc_init(void);

/* A free block, now taken; its contents are anything. 0, -ENOSPC or -EIO. */
int alloc_block(uint32_t *block);
int alloc_free_block(uint32_t block);

/* Of the bits [from, end) of a block of bitmap the first that says taken, or free; `end`: none. */
uint32_t alloc_find(const struct buf *bitmap, uint32_t from, uint32_t end, bool is_taken);

int alloc_inode(uint32_t *number);
int alloc_free_inode(uint32_t number);

/* Remember that this inode has no name any more, so that the next mount frees it if the power goes
 * before its last user has; and forget it again. */
int alloc_add_orphan(uint32_t number);
int alloc_remove_orphan(uint32_t number);

#endif
