/*
 * toyos's files: what is read into any buffer of a process and written from it, at any offset of a
 * file of any size, whose blocks are there, are holes, or are mapped.
 *
 * Bounds: writing a block and two bytes. Reading one piece of any length, and two bytes in one or
 * two pieces: each is read as the one before.
 */
#include "tests/prove/user.h"

#include <string.h>

static void *any_memset(void *to, int value, size_t len);
#define memset any_memset
#include "toyos/kernel/file/file_inode.c"
#undef memset

/* with: */

static char block[FS_BLOCK_SIZE], mapped[PAGE_SIZE];
static struct buf buf = {.data = block};
static struct inode inode;
static struct file file = {.inode = &inode};
static bool is_locked, has_buf, has_page, has_ended;

static void *
any_memset(void *to, int value, size_t len)
{
    (void)value;
    kernel_check(to, len);
    return to;
}

void
sleep_lock_acquire(struct sleep_lock *lock)
{
    prove_check(lock == &file.lock, "the file's lock");
}

void
sleep_lock_release(struct sleep_lock *lock)
{
    prove_check(lock == &file.lock || (lock == &inode.lock && is_locked), "a lock that is held");
    if (lock == &inode.lock)
        is_locked = false;
}

/* Others change the file's size meanwhile. */
int
inode_lock(struct inode *locked)
{
    prove_check(locked == &inode && !is_locked && !has_buf && !has_page, "the inode is free");
    if (prove_bool("it cannot be read"))
        return -EIO;
    is_locked = true;
    inode.disk.size = prove_below("size of the file", FS_FILE_SIZE_MAX + 1);
    return 0;
}

void *
file_map_find(struct inode *of, uint64_t offset)
{
    prove_check(of == &inode && is_locked && offset < inode.disk.size, "a page of the file");
    has_page = prove_bool("the page is mapped");
    return has_page ? mapped : NULL;
}

int
inode_block(struct inode *of, uint64_t n, struct buf **out)
{
    prove_check(of == &inode && is_locked && n < FS_FILE_BLOCKS_MAX, "a block of the file");
    if (prove_bool("the block cannot be read"))
        return -EIO;
    has_buf = prove_bool("it is no hole");
    *out = has_buf ? &buf : NULL;
    return 0;
}

void
inode_read_ahead(struct inode *of, uint64_t n)
{
    (void)of, (void)n;
}

void
buf_release(struct buf *released)
{
    prove_check(released == &buf && has_buf, "a block that is held");
    has_buf = false;
}

void
page_free(void *page)
{
    prove_check(page == mapped && has_page, "a page that is held");
    has_page = false;
}

/* Less than was asked for only at the end. */
int64_t
inode_read(struct inode *of, void *to, uint64_t offset, uint64_t len)
{
    prove_check(of == &inode && is_locked && offset <= FS_FILE_SIZE_MAX, "in a file");
    kernel_check(to, len);
    if (prove_bool("the disk fails"))
        return -EIO;
    return (int64_t)prove_below("bytes that are read", len + 1);
}

int
fs_write(struct inode *of, const void *data, uint64_t offset, unsigned len)
{
    unsigned n;

    prove_check(of == &inode && len > 0 && (offset == FS_APPEND || offset == file.offset),
                "at the offset, or at the end");
    if (has_ended || prove_bool("the disk is full"))
        return -ENOSPC;
    has_ended = prove_bool("the end of a block");
    n = has_ended ? 1 + (unsigned)prove_below("bytes that are written but one", len) : len;
    pinned_check(data, n);
    return (int)n;
}

static void
any_file(size_t max)
{
    any_user(max);
    file.is_append = prove_bool("it is appended to");
    file.may_leave_hole = prove_bool("there may be a hole");
    file.offset = prove_below("offset", FS_FILE_SIZE_MAX + 1);
}

static void
check_result(int n, uint64_t offset)
{
    prove_check(n <= 0 || (size_t)n == user.done, "as many as were copied");
    prove_check(n < 0 || file.offset - offset == user.done, "the offset is behind them");
    prove_check(!is_locked && !has_buf && !has_page && !user.is_pinned, "all is let go");
}

/* A piece that was read, of so many bytes. */
static void
check_piece(int n)
{
    prove_check(n <= 0 || (size_t)n == user.done, "as many as were copied");
    prove_check(!is_locked && !has_buf && !has_page, "all is let go");
}

PROVE(file_read_block, 2, QUICK)
{
    any_file(INT32_MAX);
    prove_assume(user.len > 0);
    check_piece(read_block(&inode, file.offset, user.va, (int)user.len));
}

PROVE(file_read_dir, 2, QUICK)
{
    any_file(INT32_MAX);
    prove_assume(user.len > 0);
    check_piece(read_dir(&inode, file.offset, user.va, (int)user.len));
}

PROVE(file_read, 4, LONG)
{
    uint64_t offset;

    any_file(2);
    offset = file.offset;
    check_result(file_inode_read(&file, user.va, (int)user.len), offset);
}

PROVE(file_write, 6, LONG)
{
    uint64_t offset;

    any_file(FS_BLOCK_SIZE + 2);
    offset = file.offset;
    check_result(file_inode_write(&file, user.va, (int)user.len), offset);
}
