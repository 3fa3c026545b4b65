/* Creates an empty file system. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/format.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/mkfs/host.h"

#define BYTES_PER_INODE 8192 /* the number of inodes if none is given */

static _Alignas(FS_BLOCK_SIZE) uint8_t block[FS_BLOCK_SIZE];

static int
write_block(struct block_device *device, uint32_t number)
{
    struct block_request request = {
        .op = BLOCK_WRITE,
        .sector = (uint64_t)number * (FS_BLOCK_SIZE / BLOCK_SECTOR),
        .len = FS_BLOCK_SIZE,
        .buffer = block,
    };

    return block_run(device, &request);
}

/* Writes a bitmap of `total` bits, of which [from, to) are free. */
static int
write_bitmap(struct block_device *device, uint32_t start, uint32_t total, uint32_t from,
             uint32_t to)
{
    for (uint32_t base = 0; base < total; base += FS_BITS) {
        int error;
        memset(block, 0xff, sizeof(block));
        for (uint32_t bit = 0; bit < FS_BITS; bit++)
            if (base + bit >= from && base + bit < to)
                block[bit / 8] &= (uint8_t)~(1 << bit % 8);
        error = write_block(device, start + base / FS_BITS);
        if (error)
            return error;
    }
    return 0;
}

static int
write_root(struct block_device *device, const struct fs_super *super)
{
    struct fs_inode *inode = (struct fs_inode *)(void *)block + FS_ROOT;
    struct fs_bucket *bucket = (void *)block;
    int error;

    memset(block, 0, sizeof(block));
    *inode = (struct fs_inode){
        .type = T_DIR, .nlink = 1, .size = FS_BLOCK_SIZE, .direct = {super->data}};
    error = write_block(device, super->inode_table);
    if (error)
        return error;
    memset(block, 0, sizeof(block));
    bucket->entry[0] = (struct fs_dirent){FS_ROOT, "."};
    bucket->entry[1] = (struct fs_dirent){FS_ROOT, ".."};
    return write_block(device, super->data);
}

/* The size of the log: a sixteenth of the disk, at least enough for the largest transaction, and at
 * most 8,192 blocks unless that needs more. */
static uint32_t
log_size(uint32_t blocks)
{
    uint32_t least = 3 * (JOURNAL_OP_BLOCKS + blocks / FS_BITS + 1) + 16, size = blocks / 16;

    if (size > 8192)
        size = 8192;
    return size < least ? least : size;
}

int
make_file_system(struct block_device *device, uint32_t blocks, uint32_t inodes)
{
    struct fs_super super = {.magic = FS_MAGIC,
                             .version = FS_VERSION,
                             .block_size = FS_BLOCK_SIZE,
                             .block_count = blocks};
    int error;

    if (!inodes) {
        inodes = (uint32_t)((uint64_t)blocks * FS_BLOCK_SIZE / BYTES_PER_INODE);
        if (inodes > FS_INODES_MAX)
            inodes = FS_INODES_MAX;
    }
    inodes = (inodes + FS_INODES_PER_BLOCK - 1) / FS_INODES_PER_BLOCK * FS_INODES_PER_BLOCK;
    if (blocks < FS_BLOCKS_MIN || blocks > FS_BLOCKS_MAX || inodes > FS_INODES_MAX)
        return -EINVAL;
    super.inode_count = inodes;
    super.inode_bitmap = FS_ORPHAN_BLOCK + 1;
    super.block_bitmap = super.inode_bitmap + (inodes + FS_BITS - 1) / FS_BITS;
    super.inode_table = super.block_bitmap + (blocks + FS_BITS - 1) / FS_BITS;
    super.data = super.inode_table + inodes / (uint32_t)FS_INODES_PER_BLOCK;
    super.log = blocks - log_size(blocks);
    if (super.data + 1 >= super.log)
        return -EINVAL;
    super.checksum = fs_checksum(FS_CHECKSUM_START, &super, offsetof(struct fs_super, checksum));

    error = write_bitmap(device, super.inode_bitmap, inodes, FS_ROOT + 1, inodes);
    if (!error)
        error = write_bitmap(device, super.block_bitmap, blocks, super.data + 1, super.log);
    if (!error)
        error = write_root(device, &super);
    if (!error)
        error = journal_write_header(device, 1, 0);
    if (error)
        return error;
    memset(block, 0, sizeof(block));
    memcpy(block, &super, sizeof(super));
    return write_block(device, FS_SUPER_BLOCK);
}
