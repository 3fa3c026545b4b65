/* Which blocks belong to a file, and the contents of its pages. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/alloc.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"

#define READ_AHEAD 16 /* blocks */

static const struct inode_pages *hooks; /* constant after boot; NULL if nobody keeps pages */

void
inode_pages_register(const struct inode_pages *pages)
{
    hooks = pages;
}

static bool
is_data(uint32_t block)
{
    return block >= fs_super.data && block < fs_super.log;
}

/* Finds the tree that holds the n-th block of a file: how many levels of indirect blocks it has,
 * and `n` relative to its start. */
static uint32_t *
find_root(struct fs_inode *disk, uint64_t *n, unsigned *levels)
{
    if (*n < FS_DIRECT) {
        *levels = 0;
        return &disk->direct[*n];
    }
    *n -= FS_DIRECT;
    if (*n < FS_INDIRECT) {
        *levels = 1;
        return &disk->indirect;
    }
    *n -= FS_INDIRECT;
    *levels = 2;
    return &disk->double_indirect;
}

/* Allocates a block for `*slot`. Its buffer is filled with zeros and belongs to the transaction. */
static int
fill_slot(uint32_t *slot, struct buf **out)
{
    uint32_t block;
    int error = alloc_block(&block);

    if (error)
        return error;
    *slot = block;
    *out = buf_zero(block);
    journal_write(*out);
    return 0;
}

/* Goes from a slot to the buffer of the block that the slot names. `holder` is the buffer that
 * contains the slot, or NULL for the inode. *out is NULL for a hole that is not to be filled. */
static int
follow(struct inode *inode, struct buf *holder, uint32_t *slot, bool make, struct buf **out)
{
    int error;

    *out = NULL;
    if (*slot) {
        if (!is_data(*slot))
            return journal_fail("inode %u has block %u", inode->number, *slot);
        return buf_read(*slot, out);
    }
    if (!make)
        return 0;
    error = fill_slot(slot, out);
    if (error)
        return error;
    if (holder)
        journal_write(holder);
    return holder ? 0 : inode_update(inode);
}

static int
find_block(struct inode *inode, uint64_t n, bool make, struct buf **out)
{
    struct buf *holder = NULL;
    unsigned levels;
    uint32_t *slot;
    int error;

    *out = NULL;
    if (n >= FS_FILE_BLOCKS_MAX)
        return -EFBIG;
    slot = find_root(&inode->disk, &n, &levels);
    for (;; levels--) {
        struct buf *next;
        error = follow(inode, holder, slot, make, &next);
        if (holder)
            buf_release(holder);
        if (error || !next || levels == 0) {
            *out = next;
            return error;
        }
        holder = next;
        slot = (uint32_t *)(void *)next->data + (levels == 2 ? n / FS_INDIRECT : n % FS_INDIRECT);
    }
}

int
inode_block(struct inode *inode, uint64_t n, struct buf **out)
{
    return find_block(inode, n, false, out);
}

int
inode_block_make(struct inode *inode, uint64_t n, struct buf **out)
{
    return find_block(inode, n, true, out);
}

/* The number of a block if it can be told without waiting, otherwise 0. */
static uint32_t
peek_number(struct inode *inode, uint64_t n)
{
    unsigned levels;
    uint32_t number = *find_root(&inode->disk, &n, &levels);

    for (; levels && number; levels--) {
        struct buf *buf = is_data(number) ? buf_peek(number) : NULL;
        if (!buf)
            return 0;
        number = buf->state != BUF_VALID
                     ? 0
                     : ((const uint32_t *)(void *)
                            buf->data)[levels == 2 ? n / FS_INDIRECT : n % FS_INDIRECT];
        buf_release(buf);
    }
    return is_data(number) ? number : 0;
}

void
inode_read_ahead(struct inode *inode, uint64_t n)
{
    uint64_t end = (inode->disk.size + FS_BLOCK_SIZE - 1) / FS_BLOCK_SIZE;
    uint64_t at = n + 1, stop = n + 1 + READ_AHEAD;

    if (n != inode->next_block) { /* not in sequence; the same block again does not count */
        if (n + 1 != inode->next_block) {
            inode->next_block = (uint32_t)n + 1;
            inode->ahead = 0;
        }
        return;
    }
    inode->next_block = (uint32_t)n + 1;
    if (inode->ahead > at + READ_AHEAD / 2)
        return; /* enough for now: continue in larger pieces */
    if (at < inode->ahead)
        at = inode->ahead;
    if (stop > end)
        stop = end;
    for (; at < stop; at++) {
        uint32_t block = peek_number(inode, at);
        if (block)
            buf_read_ahead(block);
        inode->ahead = (uint32_t)at + 1;
    }
}

int64_t
inode_read(struct inode *inode, void *to, uint64_t offset, uint64_t len)
{
    uint64_t done = 0;

    if (offset >= inode->disk.size)
        return 0;
    if (len > inode->disk.size - offset)
        len = inode->disk.size - offset;
    while (done < len) {
        uint64_t at = offset + done, piece = FS_BLOCK_SIZE - at % FS_BLOCK_SIZE;
        struct buf *buf;
        int error = inode_block(inode, at / FS_BLOCK_SIZE, &buf);
        if (error)
            return error;
        inode_read_ahead(inode, at / FS_BLOCK_SIZE);
        if (piece > len - done)
            piece = len - done;
        if (buf) {
            memcpy((char *)to + done, buf->data + at % FS_BLOCK_SIZE, piece);
            buf_release(buf);
        } else {
            memset((char *)to + done, 0, piece);
        }
        done += piece;
    }
    return (int64_t)done;
}

/* Frees the tree below `*slot`, from its n-th block on. Sets *is_changed if the slot's holder has
 * changed. */
static int
free_tree(struct inode *inode, uint32_t *slot, unsigned levels, uint64_t n, bool *is_changed)
{
    uint64_t span = levels == 2 ? FS_INDIRECT : 1; /* how many blocks each entry stands for */
    bool is_child_changed = false;
    struct buf *buf;
    int error = 0;

    if (*slot == 0)
        return 0;
    if (!is_data(*slot))
        return journal_fail("inode %u has block %u", inode->number, *slot);
    if (levels) {
        error = buf_read(*slot, &buf);
        if (error)
            return error;
        for (uint64_t i = n / span; i < FS_INDIRECT && !error; i++)
            error = free_tree(inode, (uint32_t *)(void *)buf->data + i, levels - 1,
                              i == n / span ? n % span : 0, &is_child_changed);
        if (n && is_child_changed)
            journal_write(buf);
        buf_release(buf);
    }
    if (n || error)
        return error;
    error = alloc_free_block(*slot);
    *slot = 0;
    *is_changed = true;
    return error;
}

/* Fills the rest of the last block with zeros: if the file grows again, what is beyond the old end
 * must read as zeros. */
static int
clear_tail(struct inode *inode, uint64_t size)
{
    struct buf *buf;
    int error;

    if (size % FS_BLOCK_SIZE == 0)
        return 0;
    error = inode_block(inode, size / FS_BLOCK_SIZE, &buf);
    if (error || !buf)
        return error;
    memset(buf->data + size % FS_BLOCK_SIZE, 0, FS_BLOCK_SIZE - size % FS_BLOCK_SIZE);
    journal_write(buf);
    buf_release(buf);
    return 0;
}

int
inode_truncate(struct inode *inode, uint64_t size)
{
    struct fs_inode *disk = &inode->disk;
    uint64_t first = (size + FS_BLOCK_SIZE - 1) / FS_BLOCK_SIZE;
    uint64_t in_double = (uint64_t)FS_DIRECT + FS_INDIRECT;
    bool is_changed = false;
    int error = 0;

    if (size > FS_FILE_SIZE_MAX)
        return -EFBIG;
    if (size < disk->size) {
        error = clear_tail(inode, size);
        for (uint64_t i = first; i < FS_DIRECT && !error; i++)
            error = free_tree(inode, &disk->direct[i], 0, 0, &is_changed);
        if (!error && first < in_double)
            error = free_tree(inode, &disk->indirect, 1, first > FS_DIRECT ? first - FS_DIRECT : 0,
                              &is_changed);
        if (!error)
            error = free_tree(inode, &disk->double_indirect, 2,
                              first > in_double ? first - in_double : 0, &is_changed);
        inode->next_block = inode->ahead = 0;
    }
    if (!error) {
        if (inode->map_pages) /* including what was stored beyond the old end */
            hooks->clear(inode, size < disk->size ? size : disk->size);
        disk->size = size;
    }
    return inode_update(inode) || error ? (error ? error : -EIO) : 0;
}

int
inode_write(struct inode *inode, const void *data, uint64_t offset, unsigned len)
{
    unsigned start = (unsigned)(offset % FS_BLOCK_SIZE);
    struct buf *buf;
    int error;

    if (inode->disk.type != T_FILE)
        return -EINVAL;
    error = inode_block_make(inode, offset / FS_BLOCK_SIZE, &buf);
    if (error)
        return error;
    if (len > FS_BLOCK_SIZE - start)
        len = FS_BLOCK_SIZE - start;
    memcpy(buf->data + start, data, len);
    journal_write(buf);
    buf_release(buf);
    if (inode->map_pages)
        hooks->store(inode, offset, data, len);
    if (offset + len > inode->disk.size) {
        inode->disk.size = offset + len;
        error = inode_update(inode);
    }
    return error ? error : (int)len;
}
