/* Open files of the file system: read and write on the blocks of an inode. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/uvm/file_map.h"

#define DEVICE_NUMBER 1
#define DIR_PIECE     512 /* how many bytes of a directory are copied at a time */

static const char zeros[FS_BLOCK_SIZE]; /* the contents of a hole */

/* Copies from the file at `offset`, at most to the end of a block, of the file, or `len` bytes. The
 * copy is made without the inode's lock, because the user's page may have to be read from a file
 * first. */
static int
read_block(struct inode *inode, uint64_t offset, uint64_t va, int len)
{
    uint64_t start = offset % FS_BLOCK_SIZE, piece = FS_BLOCK_SIZE - start;
    struct buf *buf = NULL;
    const char *mapped = NULL, *data;
    bool ok;
    int error = inode_lock(inode);

    if (error)
        return error;
    if (piece > (uint64_t)len)
        piece = (uint64_t)len;
    if (offset >= inode->disk.size)
        piece = 0;
    else if (piece > inode->disk.size - offset)
        piece = inode->disk.size - offset;
    if (piece)
        mapped = file_map_find(inode, offset);
    if (piece && !mapped) {
        error = inode_block(inode, offset / FS_BLOCK_SIZE, &buf);
        inode_read_ahead(inode, offset / FS_BLOCK_SIZE);
    }
    inode_unlock(inode);
    if (error)
        return error;
    data = mapped ? mapped + start : buf ? buf->data + start : zeros;
    ok = uvm_copy_out(&proc_this()->uvm, va, data, piece);
    if (buf)
        buf_release(buf);
    if (mapped)
        page_free((void *)(uintptr_t)mapped);
    return ok ? (int)piece : -EFAULT;
}

/* Like read_block, for a directory. The header of a bucket reads as empty entries. Entries are
 * copied whole, under the lock. */
static int
read_dir(struct inode *dir, uint64_t offset, uint64_t va, int len)
{
    const unsigned header = offsetof(struct fs_bucket, entry);
    uint64_t start = offset % FS_BLOCK_SIZE, piece = FS_BLOCK_SIZE - start;
    char copy[DIR_PIECE];
    int64_t n;
    int error = inode_lock(dir);

    if (error)
        return error;
    if (piece > (uint64_t)len)
        piece = (uint64_t)len;
    if (piece > sizeof(copy))
        piece = sizeof(copy);
    n = inode_read(dir, copy, offset, piece);
    inode_unlock(dir);
    if (n <= 0)
        return (int)n;
    if (start < header)
        memset(copy, 0, header - start < (uint64_t)n ? header - start : (uint64_t)n);
    return uvm_copy_out(&proc_this()->uvm, va, copy, (size_t)n) ? (int)n : -EFAULT;
}

static int
file_inode_read(struct file *file, uint64_t va, int len)
{
    int done = 0;

    sleep_lock_acquire(&file->lock);
    while (done < len) {
        int n = (file->is_dir ? read_dir : read_block)(file->inode, file->offset,
                                                       va + (uint64_t)done, len - done);
        if (n <= 0) {
            done = done ? done : n;
            break;
        }
        file->offset += (uint64_t)n;
        done += n;
    }
    sleep_lock_release(&file->lock);
    return done;
}

/* The position of the next byte. A write beyond the end fails as in xv6, except after lseek(). */
static int
check_offset(struct file *file)
{
    int error = inode_lock(file->inode);

    if (error)
        return error;
    if (file->offset > file->inode->disk.size && !file->may_leave_hole)
        error = -EINVAL;
    inode_unlock(file->inode);
    return error;
}

/* Written directly from the user's pages, as one operation for each part that lies in one page and
 * one block. */
static int
file_inode_write(struct file *file, uint64_t va, int len)
{
    int done = 0, n;

    sleep_lock_acquire(&file->lock);
    n = file->is_append ? 0 : check_offset(file);
    while (n >= 0 && done < len) {
        uint64_t at = va + (uint64_t)done, piece = PAGE_SIZE - at % PAGE_SIZE;
        char *kva = uvm_pin(&proc_this()->uvm, at, PTE_R);
        if (piece > (uint64_t)(len - done))
            piece = (uint64_t)(len - done);
        n = kva ? fs_write(file->inode, kva, file->is_append ? FS_APPEND : file->offset,
                           (unsigned)piece)
                : -EFAULT;
        if (kva)
            uvm_unpin(kva);
        if (n < 0)
            break;
        file->offset += (uint64_t)n;
        done += n;
    }
    sleep_lock_release(&file->lock);
    return n < 0 && !done ? n : done;
}

int
file_inode_stat(struct inode *inode, struct stat *st)
{
    int error = inode_lock(inode);

    if (error)
        return error;
    *st = (struct stat){
        .dev = DEVICE_NUMBER,
        .ino = inode->number,
        .type = (short)inode->disk.type,
        .nlink = (short)inode->disk.nlink,
        .size = inode->disk.size,
    };
    inode_unlock(inode);
    return 0;
}

const struct file_ops file_inode_ops = {.read = file_inode_read, .write = file_inode_write};
