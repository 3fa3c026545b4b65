/*
 * The buffer cache: blocks of the disk in memory. A block has one buffer at most, so everyone sees
 * the same bytes. They are changed between journal_begin and journal_end alone, with the lock that
 * guards the block: an inode's for a file's blocks, the allocator's for bitmaps.
 */
#ifndef TOYOS_FS_BUF_H
#define TOYOS_FS_BUF_H

#include "toyos/kernel/dev/block.h"
#include "toyos/kernel/fs/format.h"

enum buf_state { BUF_EMPTY, BUF_READING, BUF_VALID };

struct buf {
    /* The cache's lock */
    uint32_t block;
    enum buf_state state;
    unsigned references; /* one of them is the journal's while is_logged or is_dirty */
    struct buf *hash_next;
    struct buf *older, *newer; /* in the list of unused ones, or in the transaction */

    /* The journal's lock */
    bool is_logged; /* changed in the running transaction */
    bool is_dirty;  /* committed, but not yet where it belongs */

    char *data;                   /* FS_BLOCK_SIZE bytes, aligned to 8 */
    struct block_request request; /* used by whoever reads or writes it */
};

/* A list of buffers from the oldest to the newest. */
struct buf_list {
    struct buf *oldest, *newest;
};

/* Add a buffer as the newest; take one out that is in the list. */
void buf_list_add(struct buf_list *list, struct buf *buf);
void buf_list_remove(struct buf_list *list, struct buf *buf);

/* Use `size` bytes at `memory`, in the linear map and aligned to a page, for a cache of `device`.
 * Forgets all that was cached before. */
void buf_init(struct block_device *device, void *memory, uint64_t size);

/* All buffers: buf_count of them from buf_all on. */
extern struct buf *buf_all;
extern unsigned buf_count;

/* The buffer of a block, read if need be; 0, or -EIO. */
int buf_read(uint32_t block, struct buf **out);

/* The same for a block whose old contents do not matter: it is all zeros now. */
struct buf *buf_zero(uint32_t block);

/* The buffer if the block is in the cache, else NULL. */
struct buf *buf_peek(uint32_t block);

/* Start to read a block that will be wanted soon. Never waits. */
void buf_read_ahead(uint32_t block);

/* One more reference, and one less. */
void buf_hold(struct buf *buf);
void buf_release(struct buf *buf);

/* The request to read or write a block without the cache: FS_BLOCK_SIZE bytes at `data`. */
static inline struct block_request
buf_request(enum block_op op, uint32_t block, void *data)
{
    return (struct block_request){
        .op = op,
        .sector = (uint64_t)block * (FS_BLOCK_SIZE / BLOCK_SECTOR),
        .len = FS_BLOCK_SIZE,
        .buffer = data,
    };
}

/* Does such a request, and waits until it has ended: 0 or -errno. */
int buf_transfer(struct block_device *device, enum block_op op, uint32_t block, void *data);

#endif
