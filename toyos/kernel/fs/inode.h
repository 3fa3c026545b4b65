/*
 * Inodes in memory. An inode that is in use has one struct; the cache keeps some that are not in
 * use.
 *
 * A reference keeps the struct; the lock is for what is in it. Locks of two inodes are taken parent
 * before child. inode_put may free the file, in an operation of its own: so not inside one, and
 * with no inode locked.
 */
#ifndef TOYOS_FS_INODE_H
#define TOYOS_FS_INODE_H

#include <stdbool.h>

#include "toyos/kernel/fs/buf.h"
#include "toyos/kernel/sched/sleep_lock.h"

struct inode {
    /* The inode cache's lock */
    uint32_t number; /* 0: the place is free */
    unsigned references;
    struct inode *hash_next;
    struct inode *older, *newer; /* among the unused */

    struct sleep_lock lock;
    /* lock */
    bool is_loaded;
    struct fs_inode disk;
    uint32_t next_block;        /* of the file: where reading in sequence would go on */
    uint32_t ahead;             /* up to here reading ahead has gone */
    uint64_t *map_pages;        /* mapped shared by processes; NULL: none. uvm/file_map.h */
    _Atomic unsigned map_areas; /* such mappings; without the lock it only grows, and not from 0 */
};

/* At mount: an empty cache. */
void inode_init(void);

/* The inode of this number, with a new reference; NULL: too many are in use. */
struct inode *inode_get(uint32_t number);
struct inode *inode_hold(struct inode *inode);
void inode_put(struct inode *inode);

/* Lock, and read from the disk what is not there yet. 0; or -EIO, and it is not locked. */
int inode_lock(struct inode *inode);

static inline void
inode_unlock(struct inode *inode)
{
    sleep_lock_release(&inode->lock);
}

/* Inside an operation, on a locked inode: its fields go to the disk. */
int inode_update(struct inode *inode);

/* Inside an operation: a free inode, now of this type, referenced and locked. */
int inode_make(uint16_t type, struct inode **out);

/* At mount: frees the inodes that alloc_add_orphan remembered. */
int inode_free_orphans(void);

/* The contents: map.c. The inode is locked. */

/* The n-th block of the file; *out is NULL for a hole. With a reference. */
int inode_block(struct inode *inode, uint64_t n, struct buf **out);

/* Inside an operation: the same, for writing to; holes are filled with zeros. */
int inode_block_make(struct inode *inode, uint64_t n, struct buf **out);

/* Inside an operation: free what is beyond `size`, and set it. */
int inode_truncate(struct inode *inode, uint64_t size);

/* Inside an operation, on a file: write `len` bytes of `data` (not 0) at `offset`, up to the end of
 * a block. The number of bytes, at least 1; or -EINVAL if it is no file, -EFBIG, -ENOSPC, -EIO. */
int inode_write(struct inode *inode, const void *data, uint64_t offset, unsigned len);

/* Start to read what a reader of block n will want next. */
void inode_read_ahead(struct inode *inode, uint64_t n);

/* Who keeps pages in `map_pages`, which must have what the file has (uvm/file_map.c). Called with
 * the inode locked, and only while it has such pages. */
struct inode_pages {
    /* `len` bytes of `data` were written at `offset`, within a block. */
    void (*store)(struct inode *inode, uint64_t offset, const void *data, unsigned len);

    /* All bytes from `size` on are zeros now. */
    void (*clear)(struct inode *inode, uint64_t size);
};

/* At boot, at most once. */
void inode_pages_register(const struct inode_pages *pages);

/* Copy out of the file: the number of bytes, less at its end; or -EIO. */
int64_t inode_read(struct inode *inode, void *to, uint64_t offset, uint64_t len);

#endif
