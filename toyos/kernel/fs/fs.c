/* The file system's operations that are not about names: mounting, writing, truncating. */
#include "toyos/kernel/fs/fs.h"

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/dev/block.h"
#include "toyos/kernel/fs/alloc.h"
#include "toyos/kernel/fs/discard.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/super.h"

static int
check_root(void)
{
    struct inode *root = inode_get(FS_ROOT);
    int error = inode_lock(root);

    if (!error) {
        if (root->disk.type != T_DIR || root->disk.nlink == 0)
            error = journal_fail("inode %u is no directory", FS_ROOT);
        inode_unlock(root);
    }
    inode_put(root);
    return error;
}

int
fs_mount(struct block_device *device, void *cache, uint64_t cache_size)
{
    uint64_t sequence;
    uint32_t start;
    int error = super_read(device);

    if (error)
        return error;
    buf_init(device, cache, cache_size);
    error = journal_recover(device, &fs_super, &sequence, &start);
    if (!error)
        error = journal_init(device, &fs_super, sequence, start);
    if (error)
        return error;
    inode_init();
    alloc_init();
    discard_init();
    error = check_root();
    return error || device->is_read_only ? error : inode_free_orphans();
}

int
fs_sync(void)
{
    return journal_checkpoint();
}

int
fs_write(struct inode *inode, const void *data, uint64_t offset, unsigned len)
{
    int done = journal_begin();

    if (done)
        return done;
    done = inode_lock(inode);
    if (!done) {
        done = inode_write(inode, data, offset == FS_APPEND ? inode->disk.size : offset, len);
        inode_unlock(inode);
    }
    journal_end();
    return done;
}

int
fs_write_within(struct inode *inode, const void *data, uint64_t offset, unsigned len)
{
    int done = journal_begin();

    if (done)
        return done;
    done = inode_lock(inode);
    if (!done) {
        if (offset < inode->disk.size && len > inode->disk.size - offset)
            len = (unsigned)(inode->disk.size - offset);
        if (offset < inode->disk.size)
            done = inode_write(inode, data, offset, len);
        inode_unlock(inode);
    }
    journal_end();
    return done;
}

int
fs_truncate(struct inode *inode, uint64_t size)
{
    int error = journal_begin();

    if (error)
        return error;
    error = inode_lock(inode);
    if (!error) {
        error = inode->disk.type == T_FILE ? inode_truncate(inode, size) : -EINVAL;
        inode_unlock(inode);
    }
    journal_end();
    return error;
}
