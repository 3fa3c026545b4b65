/* Which blocks and inodes are free, and which inodes have lost their last name. Called inside a
 * journal operation. */
#ifndef TOYOS_FS_ALLOC_H
#define TOYOS_FS_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* At mount: all is as the bitmaps of the mounted disk say. */
void alloc_init(void);

/* A free block, now taken; its contents are anything. 0, -ENOSPC or -EIO. */
int alloc_block(uint32_t *block);

/* Makes a block free; its contents are lost. 0, or -EIO, also for one that is free already. */
int alloc_free_block(uint32_t block);

/* The first of the bits [from, end) of a block of bitmap that says taken, or free; `end`: there is
 * none. */
uint32_t alloc_find(const struct buf *bitmap, uint32_t from, uint32_t end, bool is_taken);

/* The same for inodes, by their numbers. */
int alloc_inode(uint32_t *number);
int alloc_free_inode(uint32_t number);

/* Remember that this inode has no name any more, and forget it again. The next mount frees an inode
 * that is remembered, if the power went off before its last user closed it. 0, -ENOSPC or -EIO. */
int alloc_add_orphan(uint32_t number);
int alloc_remove_orphan(uint32_t number);

#endif
