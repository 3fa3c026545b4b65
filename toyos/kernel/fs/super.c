/* The superblock. It is checked once, at mount, so that nobody has to check it again. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/fs/buf.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/super.h"

struct fs_super fs_super;

/* NULL if it is valid, otherwise the error in words. */
static const char *
check_super(const struct fs_super *s)
{
    uint64_t inode_bitmap, block_bitmap, table;

    if (s->magic != FS_MAGIC)
        return "no file system of toyos";
    if (s->checksum != fs_checksum(FS_CHECKSUM_START, s, offsetof(struct fs_super, checksum)))
        return "the superblock is damaged";
    if (s->version != FS_VERSION || s->block_size != FS_BLOCK_SIZE)
        return "a version of the file system that this kernel does not know";
    inode_bitmap = (s->inode_count + FS_BITS - 1) / FS_BITS;
    block_bitmap = (s->block_count + FS_BITS - 1) / FS_BITS;
    table = (s->inode_count + FS_INODES_PER_BLOCK - 1) / FS_INODES_PER_BLOCK;
    if (s->block_count < FS_BLOCKS_MIN || s->block_count > FS_BLOCKS_MAX ||
        s->inode_count <= FS_ROOT || s->inode_count > FS_INODES_MAX ||
        s->inode_bitmap != FS_ORPHAN_BLOCK + 1 ||
        s->block_bitmap != s->inode_bitmap + inode_bitmap ||
        s->inode_table != s->block_bitmap + block_bitmap || s->data != s->inode_table + table ||
        s->log <= s->data || s->log >= s->block_count)
        return "the superblock's regions do not fit each other";
    return NULL;
}

uint64_t
fs_image_size(const void *image, uint64_t len)
{
    struct fs_super super;

    if (len < sizeof(super))
        return 0;
    memcpy(&super, image, sizeof(super));
    return check_super(&super) ? 0 : (uint64_t)super.block_count * FS_BLOCK_SIZE;
}

static int
read_block_0(struct block_device *device)
{
    static _Alignas(FS_BLOCK_SIZE) char page[FS_BLOCK_SIZE];
    int error = buf_transfer(device, BLOCK_READ, FS_SUPER_BLOCK, page);

    if (error)
        log_error("%s: cannot read it", device->name);
    memcpy(&fs_super, page, sizeof(fs_super));
    return error;
}

bool
fs_is_on(struct block_device *device)
{
    return read_block_0(device) == 0 && fs_super.magic == FS_MAGIC;
}

int
super_read(struct block_device *device)
{
    const char *error;

    if (read_block_0(device))
        return -EIO;
    error = check_super(&fs_super);
    if (!error && fs_super.block_count > device->sectors / (FS_BLOCK_SIZE / BLOCK_SECTOR))
        error = "the disk is smaller than its file system";
    if (error)
        log_error("%s: %s", device->name, error);
    return error ? -EINVAL : 0;
}
