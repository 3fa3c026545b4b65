/*
 * toyos's files: what is written from any buffer of a process, at any offset in a file of any size.
 *
 * Bounds: a block and two bytes. Reading is not looked at.
 */
#include "tests/prove/user.h"

#include "toyos/kernel/file/file_inode.c"

/* with: */

static struct inode inode;
static struct file file = {.inode = &inode};
static bool is_locked, has_ended;

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
    prove_check(locked == &inode && !is_locked, "the inode is free");
    if (prove_bool("it cannot be read"))
        return -EIO;
    is_locked = true;
    inode.disk.size = prove_below("size of the file", FS_FILE_SIZE_MAX + 1);
    return 0;
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
    prove_check(!is_locked && !user.is_pinned, "all is let go");
}

PROVE(file_write, 6, LONG)
{
    uint64_t offset;

    any_file(FS_BLOCK_SIZE + 2);
    offset = file.offset;
    check_result(file_inode_write(&file, user.va, (int)user.len), offset);
}
