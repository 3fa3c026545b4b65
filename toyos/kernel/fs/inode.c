/* The inode cache, and inodes on the disk. */
#include "toyos/kernel/fs/inode.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/fs/alloc.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"

#define INODES    640 /* enough for open files, mappings, processes (two each) and lookups */
#define HASH_SIZE 256

static struct lock inode_cache_lock = LOCK_INIT("inode cache");
static struct inode inodes[INODES];
static struct inode *hash[HASH_SIZE]; /* inode_cache_lock */
static struct inode *oldest, *newest; /* guarded by inode_cache_lock: the unused inodes by age */

static void
unused_add_locked(struct inode *inode)
{
    inode->newer = NULL;
    inode->older = newest;
    *(newest ? &newest->newer : &oldest) = inode;
    newest = inode;
}

static void
unused_remove_locked(struct inode *inode)
{
    *(inode->older ? &inode->older->newer : &oldest) = inode->newer;
    *(inode->newer ? &inode->newer->older : &newest) = inode->older;
}

void
inode_init(void)
{
    oldest = newest = NULL;
    memset(hash, 0, sizeof(hash));
    for (unsigned i = 0; i < INODES; i++) {
        inodes[i] = (struct inode){.lock = SLEEP_LOCK_INIT("inode")};
        unused_add_locked(&inodes[i]);
    }
}

struct inode *
inode_get(uint32_t number)
{
    struct inode **chain = &hash[number % HASH_SIZE], *inode;

    lock_acquire(&inode_cache_lock);
    for (inode = *chain; inode && inode->number != number; inode = inode->hash_next)
        ;
    if (inode) {
        if (inode->references++ == 0)
            unused_remove_locked(inode);
    } else if ((inode = oldest)) {
        unused_remove_locked(inode);
        if (inode->number) {
            struct inode **link = &hash[inode->number % HASH_SIZE];
            while (*link != inode)
                link = &(*link)->hash_next;
            *link = inode->hash_next;
        }
        inode->number = number;
        inode->references = 1;
        inode->is_loaded = false;
        inode->next_block = inode->ahead = 0;
        inode->hash_next = *chain;
        *chain = inode;
    }
    lock_release(&inode_cache_lock);
    return inode;
}

struct inode *
inode_hold(struct inode *inode)
{
    lock_acquire(&inode_cache_lock);
    inode->references++;
    lock_release(&inode_cache_lock);
    return inode;
}

/* The buffer with the inode, and its place there. */
static int
read_table(uint32_t number, struct buf **buf, struct fs_inode **place)
{
    uint32_t block = fs_super.inode_table + number / FS_INODES_PER_BLOCK;
    int error = buf_read(block, buf);

    if (!error)
        *place = (struct fs_inode *)(void *)(*buf)->data + number % FS_INODES_PER_BLOCK;
    return error;
}

static bool
is_sound(const struct fs_inode *disk)
{
    return disk->type <= T_DEVICE && disk->size <= FS_FILE_SIZE_MAX &&
           disk->nlink <= FS_LINKS_MAX &&
           (disk->type != T_DIR || (disk->size % FS_BLOCK_SIZE == 0 && disk->size != 0));
}

int
inode_lock(struct inode *inode)
{
    struct fs_inode *place;
    struct buf *buf;
    int error;

    sleep_lock_acquire(&inode->lock);
    if (inode->is_loaded)
        return 0;
    error = read_table(inode->number, &buf, &place);
    if (!error) {
        inode->disk = *place;
        buf_release(buf);
        if (!is_sound(&inode->disk))
            error = journal_fail("inode %u makes no sense", inode->number);
    }
    inode->is_loaded = !error;
    if (error)
        sleep_lock_release(&inode->lock);
    return error;
}

int
inode_update(struct inode *inode)
{
    struct fs_inode *place;
    struct buf *buf;
    int error = read_table(inode->number, &buf, &place);

    if (error)
        return error;
    *place = inode->disk;
    journal_write(buf);
    buf_release(buf);
    return 0;
}

int
inode_make(uint16_t type, struct inode **out)
{
    struct inode *inode;
    uint32_t number;
    int error = alloc_inode(&number);

    if (error)
        return error;
    inode = inode_get(number);
    if (!inode) {
        alloc_free_inode(number);
        return -ENFILE;
    }
    /* The inode may still be cached from its previous life. Nobody else has a reference to it. */
    sleep_lock_acquire(&inode->lock);
    inode->disk = (struct fs_inode){.type = type};
    inode->is_loaded = true;
    inode->next_block = inode->ahead = 0;
    *out = inode;
    return 0;
}

/* Frees the file and its inode, which nobody else can reach. */
static int
free_file(struct inode *inode)
{
    int error = journal_begin();

    if (error)
        return error;
    error = inode_lock(inode);
    if (!error) {
        error = inode_truncate(inode, 0);
        if (!error)
            error = alloc_remove_orphan(inode->number);
        if (!error)
            error = alloc_free_inode(inode->number);
        if (!error) {
            inode->disk = (struct fs_inode){0};
            error = inode_update(inode);
        }
        inode->is_loaded = false;
        inode_unlock(inode);
    }
    journal_end();
    return error;
}

void
inode_put(struct inode *inode)
{
    int error;

    for (;;) {
        bool is_orphan;
        lock_acquire(&inode_cache_lock);
        /* An inode without a name and with one reference cannot get another of either. */
        is_orphan = inode->references == 1 && inode->is_loaded && inode->disk.type &&
                    inode->disk.nlink == 0;
        if (!is_orphan) {
            if (--inode->references == 0)
                unused_add_locked(inode);
            lock_release(&inode_cache_lock);
            return;
        }
        lock_release(&inode_cache_lock);
        error = free_file(inode);
        if (error) { /* it stays an orphan until the next mount */
            log_warn("inode %u cannot be freed: %s", inode->number, strerror(-error));
            inode->is_loaded = false;
        }
    }
}

int
inode_free_orphans(void)
{
    struct fs_orphans *orphans;
    struct buf *buf;
    int error = buf_read(FS_ORPHAN_BLOCK, &buf);

    if (error)
        return error;
    orphans = (void *)buf->data;
    for (unsigned i = 0; i < FS_ORPHANS && !error; i++) {
        uint32_t number = orphans->inode[i];
        struct inode *inode;
        if (number == 0)
            continue;
        if (number >= fs_super.inode_count || number <= FS_ROOT) {
            error = journal_fail("there is an orphan %u", number);
            break;
        }
        inode = inode_get(number);
        error = inode_lock(inode);
        if (!error) {
            if (inode->disk.type == 0 || inode->disk.nlink)
                error = journal_fail("the orphan %u is none", number);
            inode_unlock(inode);
        }
        if (!error)
            log_info("inode %u had been deleted while open", number);
        inode_put(inode);
    }
    buf_release(buf);
    return error;
}
