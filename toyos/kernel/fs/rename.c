/* Renaming: the two directories, the inode that moves and the one that it replaces are all
 * locked at once. Parents are locked before children everywhere. For two directories this
 * requires to know which one is above the other; a single lock for all renames keeps that from
 * changing meanwhile. */

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/dir.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/fs/names.h"
#include "toyos/kernel/fs/super.h"

static const char dots[FS_NAME_MAX] = "..";
static struct sleep_lock rename_lock = SLEEP_LOCK_INIT("rename");

struct side {
    struct inode *dir;
    char name[FS_NAME_MAX];
    struct inode *inode; /* the inode that the name leads to, or NULL */
};

static void
put_side(struct side *side)
{
    if (side->inode)
        inode_put(side->inode);
    if (side->dir)
        inode_put(side->dir);
}

/* The inode number for the name, 0 if there is none. The directory is locked. */
static int
find_number(struct side *side, uint32_t *number)
{
    int error = dir_find(side->dir, side->name, number);

    if (error == -ENOENT) {
        *number = 0;
        return 0;
    }
    return error;
}

static int
find_side(struct inode *from, const char *path, struct side *side)
{
    int error = fs_find_parent(from, path, &side->dir, side->name);

    if (error)
        return error == -EEXIST ? -EBUSY : error;
    if (dir_is_dot(side->name))
        return -EINVAL;
    error = dir_lookup(side->dir, side->name, &side->inode);
    return error == -ENOENT ? 0 : error;
}

/* Returns 1 if `above` is `dir` or one of its ancestors, 0 if not, or an error. */
static int
is_above(const struct inode *above, struct inode *dir)
{
    struct inode *at = inode_hold(dir);
    int result = 0;

    for (uint32_t n = 0; at != above && at->number != FS_ROOT; n++) {
        struct inode *next = NULL;
        result = n == fs_super.inode_count ? journal_fail("directories in a ring")
                                           : dir_lookup(at, dots, &next);
        inode_put(at);
        if (result)
            return result;
        at = next;
    }
    result = at == above;
    inode_put(at);
    return result;
}

/* Refuses what can never be allowed, before anything is locked. */
static int
check_tree(const struct side *old, const struct side *to)
{
    int result;

    if (old->inode == old->dir || to->inode == to->dir)
        return journal_fail("a directory is in itself");
    result = is_above(old->inode, to->dir);
    if (result)
        return result < 0 ? result : -EINVAL;
    result = to->inode ? is_above(to->inode, old->dir) : 0;
    return result > 0 ? -ENOTEMPTY : result;
}

/* Refuses the rest, with everything locked. */
static int
move(struct side *old, struct side *to)
{
    bool is_dir = old->inode->disk.type == T_DIR, is_far = is_dir && old->dir != to->dir;
    int error = is_far ? names_add_links(to->dir, 1) : 0;

    if (error)
        return error;
    if (to->inode) {
        error = is_dir && to->inode->disk.type != T_DIR    ? -ENOTDIR
                : !is_dir && to->inode->disk.type == T_DIR ? -EISDIR
                                                           : names_check_removable(to->inode);
        if (!error)
            error = dir_set(to->dir, to->name, old->inode->number);
        if (!error)
            error = names_drop_link(to->dir, to->inode);
    } else {
        error = dir_add(to->dir, to->name, old->inode->number);
    }
    if (error) {
        if (is_far)
            names_add_links(to->dir, -1);
        return error;
    }
    error = dir_remove(old->dir, old->name);
    if (!error && is_far) {
        error = dir_set(old->inode, dots, to->dir->number);
        if (!error)
            error = names_add_links(old->dir, -1);
    }
    return error;
}

/* Locks the inode that moves and the one that it replaces. -EAGAIN if the names lead elsewhere by
 * now. */
static int
lock_inodes_and_move(struct side *old, struct side *to)
{
    struct inode *first = old->inode, *second = to->inode;
    uint32_t number, to_number;
    int error = find_number(old, &number);

    if (!error)
        error = find_number(to, &to_number);
    if (error)
        return error;
    if (number != old->inode->number || to_number != (to->inode ? to->inode->number : 0))
        return -EAGAIN;
    if (second && second->number < first->number) {
        first = to->inode;
        second = old->inode;
    }
    error = inode_lock(first);
    if (error)
        return error;
    error = second ? inode_lock(second) : 0;
    if (!error) {
        error = move(old, to);
        if (second)
            inode_unlock(second);
    }
    inode_unlock(first);
    return error;
}

static int
lock_dirs_and_move(struct side *old, struct side *to, bool is_to_first)
{
    struct inode *first = is_to_first ? to->dir : old->dir;
    struct inode *second = is_to_first ? old->dir : to->dir;
    int error = journal_begin();

    if (error)
        return error;
    error = names_lock_dir(first);
    if (!error && first != second) {
        error = names_lock_dir(second);
        if (error)
            inode_unlock(first);
    }
    if (!error) {
        error = lock_inodes_and_move(old, to);
        if (first != second)
            inode_unlock(second);
        inode_unlock(first);
    }
    journal_end();
    return error;
}

static int
rename_once(struct inode *from, const char *old_path, const char *path)
{
    struct side old = {0}, to = {0};
    int above = 0;
    int error = find_side(from, old_path, &old);

    if (!error)
        error = old.inode ? find_side(from, path, &to) : -ENOENT;
    if (!error && old.inode != to.inode) {
        error = check_tree(&old, &to);
        if (!error && old.dir != to.dir) {
            above = is_above(to.dir, old.dir);
            if (above == 0) /* in any order, as the old name's directory is not above it either */
                above = is_above(old.dir, to.dir) == 0 && to.dir->number < old.dir->number;
            error = above < 0 ? above : 0;
        }
        if (!error)
            error = lock_dirs_and_move(&old, &to, above > 0);
    }
    put_side(&old);
    put_side(&to);
    return error;
}

int
fs_rename(struct inode *from, const char *old, const char *path)
{
    int error;

    sleep_lock_acquire(&rename_lock);
    do
        error = rename_once(from, old, path);
    while (error == -EAGAIN);
    sleep_lock_release(&rename_lock);
    return error;
}
