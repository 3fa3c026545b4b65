/* Paths to inodes. One directory is locked at a time, so ".." cannot deadlock. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/fs/dir.h"
#include "toyos/kernel/fs/fs.h"

/* Takes the next name from the path. False if there is none. */
static bool
next_name(const char **path, char name[FS_NAME_MAX])
{
    const char *at = *path;
    unsigned len = 0;

    while (*at == '/')
        at++;
    memset(name, 0, FS_NAME_MAX);
    for (; *at && *at != '/'; at++)
        if (len < FS_NAME_MAX)
            name[len++] = *at;
    while (*at == '/')
        at++;
    *path = at;
    return len > 0;
}

/* Follows the path. With `last`, stops at the directory before the last name, which is stored
 * there. */
static int
walk(struct inode *from, const char *path, char *last, struct inode **out)
{
    char name[FS_NAME_MAX];
    struct inode *inode, *dir;
    bool is_absolute = *path == '/';

    if (!*path)
        return -ENOENT;
    inode = is_absolute ? inode_get(FS_ROOT) : inode_hold(from);
    if (!inode)
        return -ENFILE;
    while (next_name(&path, name)) {
        int error;
        if (last && !*path) {
            memcpy(last, name, FS_NAME_MAX);
            *out = inode;
            return 0;
        }
        dir = inode;
        error = dir_lookup(dir, name, &inode);
        inode_put(dir);
        if (error)
            return error;
    }
    if (last) { /* "/" has no last name */
        inode_put(inode);
        return -EEXIST;
    }
    *out = inode;
    return 0;
}

int
fs_find(struct inode *from, const char *path, struct inode **out)
{
    return walk(from, path, NULL, out);
}

int
fs_find_parent(struct inode *from, const char *path, struct inode **dir, char name[FS_NAME_MAX])
{
    return walk(from, path, name, dir);
}
