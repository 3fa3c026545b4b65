/* Walking through directories, and complaining about files. */
#include "user/files.h"

int
file_error(const char *program, const char *path)
{
    fprintf(2, "%s: %s: %s\n", program, path, strerror(errno));
    return 1;
}

int
next_name(int fd, char name[DIRSIZ + 1])
{
    struct dirent entry;

    while (read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
        if (!entry.inum)
            continue;
        memcpy(name, entry.name, DIRSIZ);
        name[DIRSIZ] = '\0';
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            return 1;
    }
    return 0;
}

int
join_path(char path[MAXPATH], const char *dir, const char *name)
{
    unsigned long len = strlen(dir);

    while (len > 1 && dir[len - 1] == '/')
        len--;
    if (len + 1 + strlen(name) + 1 > MAXPATH) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memmove(path, dir, len);
    if (len && path[len - 1] != '/')
        path[len++] = '/';
    strcpy(path + len, name);
    return 0;
}

const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

int
copy_all(int from, int to)
{
    static char buf[4096];
    int n;

    while ((n = read(from, buf, sizeof(buf))) > 0) {
        int done = write(to, buf, n);
        if (done != n) {
            if (done >= 0)
                errno = ENOSPC;
            return -1;
        }
    }
    return n;
}
