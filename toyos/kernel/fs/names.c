/* Operations that change names, except renaming (rename.c): create, link, unlink. Each is one
 * journal operation. */
#include "toyos/kernel/fs/names.h"

#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/fs/alloc.h"
#include "toyos/kernel/fs/dir.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"

int
names_lock_dir(struct inode *dir)
{
    int error = inode_lock(dir);

    if (error)
        return error;
    error = dir->disk.type != T_DIR ? -ENOTDIR : dir->disk.nlink == 0 ? -ENOENT : 0;
    if (error)
        inode_unlock(dir);
    return error;
}

int
names_add_links(struct inode *inode, int links)
{
    if (links > 0 && inode->disk.nlink >= FS_LINKS_MAX)
        return -EMLINK;
    inode->disk.nlink = (uint16_t)(inode->disk.nlink + links);
    return inode_update(inode);
}

/* Whether the existing file is good enough for the caller. */
static int
check_existing(struct inode *inode, const struct fs_new *request)
{
    int error = inode_lock(inode);

    if (error)
        return error;
    if (request->is_exclusive || request->type != T_FILE)
        error = -EEXIST;
    else if (inode->disk.type == T_DIR)
        error = -EISDIR;
    inode_unlock(inode);
    return error;
}

/* Creates an inode with this name. `dir` is locked and does not have the name. */
static int
make_entry(struct inode *dir, const char name[FS_NAME_MAX], const struct fs_new *request,
           struct inode **out)
{
    struct inode *inode;
    int error = inode_make(request->type, &inode);

    if (error)
        return error;
    inode->disk.nlink = 1;
    inode->disk.major = request->major;
    inode->disk.minor = request->minor;
    error = request->type == T_DIR ? dir_init(inode, dir->number) : inode_update(inode);
    if (!error && request->type == T_DIR && dir->disk.nlink >= FS_LINKS_MAX)
        error = -EMLINK;
    if (!error)
        error = dir_add(dir, name, inode->number);
    if (!error && request->type == T_DIR)
        error = names_add_links(dir, 1); /* for the ".." of the new directory */
    if (error) {
        /* Undoes everything. All of it is in this operation, so the inode was never an orphan. */
        inode_truncate(inode, 0);
        inode->disk = (struct fs_inode){0};
        inode_update(inode);
        alloc_free_inode(inode->number);
        inode->is_loaded = false;
    }
    inode_unlock(inode);
    if (error)
        inode_put(inode);
    else
        *out = inode;
    return error;
}

int
fs_create(struct inode *from, const char *path, const struct fs_new *request, struct inode **out)
{
    char name[FS_NAME_MAX];
    bool is_there = false;
    struct inode *dir;
    int error = fs_find_parent(from, path, &dir, name);

    if (error)
        return error;
    error = journal_begin();
    if (!error) {
        error = names_lock_dir(dir);
        if (!error) {
            error = dir_get(dir, name, out);
            is_there = !error;
            if (error == -ENOENT)
                error = make_entry(dir, name, request, out);
            inode_unlock(dir);
        }
        journal_end();
    }
    inode_put(dir);
    if (error || !is_there)
        return error;
    error = check_existing(*out, request);
    if (error)
        inode_put(*out);
    return error;
}

/* Gives a name to an inode whose link has been counted. */
static int
link_name(struct inode *from, const char *path, struct inode *inode)
{
    char name[FS_NAME_MAX];
    uint32_t number;
    struct inode *dir;
    int error = fs_find_parent(from, path, &dir, name);

    if (error)
        return error;
    error = journal_begin();
    if (!error) {
        error = names_lock_dir(dir);
        if (!error) {
            error = dir_find(dir, name, &number);
            error = !error ? -EEXIST : error == -ENOENT ? inode_lock(inode) : error;
            if (!error) {
                /* A file that has lost its last name cannot get a new one. */
                error = inode->disk.nlink == 0 ? -ENOENT : names_add_links(inode, 1);
                if (!error) {
                    error = dir_add(dir, name, inode->number);
                    if (error)
                        names_add_links(inode, -1);
                }
                inode_unlock(inode);
            }
            inode_unlock(dir);
        }
        journal_end();
    }
    inode_put(dir);
    return error;
}

int
fs_link(struct inode *from, const char *old, const char *path)
{
    struct inode *inode;
    int error = fs_find(from, old, &inode);

    if (error)
        return error;
    error = inode_lock(inode);
    if (!error) { /* a directory has only one name, and it may be the one that link_name() locks */
        error = inode->disk.type == T_DIR ? -EPERM : 0;
        inode_unlock(inode);
    }
    if (!error)
        error = link_name(from, path, inode);
    inode_put(inode);
    return error;
}

int
names_drop_link(struct inode *dir, struct inode *inode)
{
    bool is_dir = inode->disk.type == T_DIR;
    int error = names_add_links(inode, is_dir ? -(int)inode->disk.nlink : -1);

    if (!error && inode->disk.nlink == 0)
        error = alloc_add_orphan(inode->number);
    if (!error && is_dir)
        error = names_add_links(dir, -1); /* for its ".." */
    return error;
}

int
names_check_removable(struct inode *inode)
{
    int is_empty;

    if (inode->disk.nlink == 0)
        return journal_fail("inode %u has a name but no links", inode->number);
    if (inode->disk.type != T_DIR)
        return 0;
    is_empty = dir_is_empty(inode);
    return is_empty < 0 ? is_empty : is_empty ? 0 : -ENOTEMPTY;
}

/* Removes a name. `dir` is locked. *out is the inode that the name led to, with a reference, or
 * NULL. */
static int
remove_name(struct inode *dir, const char name[FS_NAME_MAX], struct inode **out)
{
    int error = dir_get(dir, name, out);

    if (error)
        return error;
    if (*out == dir)
        return journal_fail("directory %u is in itself", dir->number);
    error = inode_lock(*out);
    if (error)
        return error;
    error = names_check_removable(*out);
    if (!error)
        error = dir_remove(dir, name);
    if (!error)
        error = names_drop_link(dir, *out);
    inode_unlock(*out);
    return error;
}

int
fs_unlink(struct inode *from, const char *path)
{
    char name[FS_NAME_MAX];
    struct inode *dir, *inode = NULL;
    int error = fs_find_parent(from, path, &dir, name);

    if (error)
        return error == -EEXIST ? -EBUSY : error;
    error = dir_is_dot(name) ? -EINVAL : journal_begin();
    if (!error) {
        error = names_lock_dir(dir);
        if (!error) {
            error = remove_name(dir, name, &inode);
            inode_unlock(dir);
        }
        journal_end();
    }
    if (inode)
        inode_put(inode);
    inode_put(dir);
    return error;
}
