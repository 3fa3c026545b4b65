/* The bitmaps, in which a 1 marks what is in use, and the table of orphans. */
#include "toyos/kernel/fs/alloc.h"

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/fs/discard.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"

struct bitmap {
    const char *name;
    uint32_t start; /* its first block */
    uint32_t count; /* how many of its bits have a meaning */
    uint32_t first; /* the first one that may be taken */
    uint32_t hint;  /* where the search begins */
};

static struct sleep_lock alloc_lock = SLEEP_LOCK_INIT("alloc");
static struct bitmap blocks, inodes; /* alloc_lock */
static unsigned orphan_hint;         /* guarded by alloc_lock: where in the table to look first */

void
alloc_init(void)
{
    orphan_hint = 0;
    blocks =
        (struct bitmap){"block", fs_super.block_bitmap, fs_super.log, fs_super.data, fs_super.data};
    inodes = (struct bitmap){"inode", fs_super.inode_bitmap, fs_super.inode_count, FS_ROOT + 1,
                             FS_ROOT + 1};
}

uint32_t
alloc_find(const struct buf *bitmap, uint32_t from, uint32_t end, bool is_taken)
{
    const uint64_t *word = (const void *)bitmap->data;
    uint64_t without = is_taken ? 0 : UINT64_MAX;

    while (from < end) {
        if (from % 64 == 0 && word[from / 64] == without)
            from += 64;
        else if ((word[from / 64] >> from % 64 & 1) != is_taken)
            from++;
        else
            return from;
    }
    return end;
}

/* Takes the first free one in [from, end). */
static int
take(struct bitmap *map, uint32_t from, uint32_t end, uint32_t *taken)
{
    while (from < end) {
        uint32_t base = from - from % FS_BITS;
        uint32_t limit = end - base < FS_BITS ? end - base : FS_BITS, bit;
        struct buf *buf;
        int error = buf_read(map->start + base / FS_BITS, &buf);
        if (error)
            return error;
        bit = alloc_find(buf, from - base, limit, false);
        if (bit < limit) {
            buf->data[bit / 8] = (char)(buf->data[bit / 8] | 1 << bit % 8);
            journal_write(buf);
            buf_release(buf);
            *taken = base + bit;
            map->hint = *taken + 1;
            return 0;
        }
        buf_release(buf);
        from = base + FS_BITS;
    }
    return -ENOSPC;
}

static int
allocate(struct bitmap *map, uint32_t *taken)
{
    int error;

    sleep_lock_acquire(&alloc_lock);
    error = take(map, map->hint, map->count, taken);
    if (error == -ENOSPC)
        error = take(map, map->first, map->hint, taken);
    sleep_lock_release(&alloc_lock);
    return error;
}

static int
release(struct bitmap *map, uint32_t number)
{
    struct buf *buf;
    uint32_t bit = number % FS_BITS;
    int error;

    if (number < map->first || number >= map->count)
        return journal_fail("%s %u cannot be free", map->name, number);
    sleep_lock_acquire(&alloc_lock);
    error = buf_read(map->start + number / FS_BITS, &buf);
    if (!error && !(buf->data[bit / 8] & 1 << bit % 8))
        error = journal_fail("%s %u was free already", map->name, number);
    else if (!error) {
        buf->data[bit / 8] = (char)(buf->data[bit / 8] & ~(1 << bit % 8));
        journal_write(buf);
        if (number < map->hint)
            map->hint = number;
        if (map == &blocks)
            discard_note(number);
    }
    if (buf)
        buf_release(buf);
    sleep_lock_release(&alloc_lock);
    return error;
}

int
alloc_block(uint32_t *block)
{
    return allocate(&blocks, block);
}

int
alloc_free_block(uint32_t block)
{
    /* Before the bit: once the block is free, another hart may take and write it. */
    journal_forget(block);
    return release(&blocks, block);
}

int
alloc_inode(uint32_t *number)
{
    return allocate(&inodes, number);
}

int
alloc_free_inode(uint32_t number)
{
    return release(&inodes, number);
}

/* Replaces orphan `from` by `to`; 0 stands for none. */
static int
change_orphan(uint32_t from, uint32_t to)
{
    struct fs_orphans *orphans;
    struct buf *buf;
    int error;

    sleep_lock_acquire(&alloc_lock);
    error = buf_read(FS_ORPHAN_BLOCK, &buf);
    if (!error) {
        error = -ENOSPC;
        orphans = (void *)buf->data;
        for (unsigned i = 0; i < FS_ORPHANS && error; i++) {
            unsigned at = (orphan_hint + i) % FS_ORPHANS;
            if (orphans->inode[at] == from) {
                orphans->inode[at] = (uint16_t)to;
                orphan_hint = at;
                journal_write(buf);
                error = 0;
            }
        }
        buf_release(buf);
    }
    sleep_lock_release(&alloc_lock);
    return error;
}

int
alloc_add_orphan(uint32_t number)
{
    return change_orphan(0, number);
}

int
alloc_remove_orphan(uint32_t number)
{
    return change_orphan(number, 0);
}
