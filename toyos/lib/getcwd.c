/* The path of the current directory, found on the way up: each name is in the parent directory. */
#include <string.h>

#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/files.h"

/* Finds the name of the file `child` in the directory `parent`. Returns 1, or 0 if there is
 * none. */
static int
find_name(const char *parent, const struct stat *child, char name[DIRSIZ + 1])
{
    char path[MAXPATH];
    int fd = open(parent, O_RDONLY), is_found = 0;
    struct stat st;

    while (!is_found && fd >= 0 && next_name(fd, name))
        is_found = join_path(path, parent, name) == 0 && stat(path, &st) == 0 &&
                   st.ino == child->ino && st.dev == child->dev;
    close(fd);
    return is_found;
}

char *
getcwd(char *buf, unsigned long size)
{
    char up[MAXPATH] = ".", parent[MAXPATH], name[DIRSIZ + 1], path[MAXPATH];
    unsigned long at = MAXPATH - 1;
    struct stat child, st;

    path[at] = '\0';
    for (;;) {
        unsigned long len;
        if (join_path(parent, up, "..") < 0 || stat(up, &child) < 0 || stat(parent, &st) < 0)
            return 0;
        if (child.ino == st.ino && child.dev == st.dev)
            break;
        if (!find_name(parent, &child, name)) {
            errno = ENOENT; /* the directory has been unlinked */
            return 0;
        }
        len = strlen(name);
        if (at < len + 1) {
            errno = ENAMETOOLONG;
            return 0;
        }
        at -= len;
        memcpy(path + at, name, len);
        path[--at] = '/';
        strcpy(up, parent);
    }
    if (!path[at])
        path[--at] = '/';
    if (MAXPATH - at > size) {
        errno = ERANGE;
        return 0;
    }
    return strcpy(buf, path + at);
}
