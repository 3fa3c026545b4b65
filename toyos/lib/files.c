/* Walks through directories, and reports errors about files. */
#include "user/files.h"

#include "kernel/stat.h"

int
file_error(const char *program, const char *path)
{
    fprintf(2, "%s: %s: %s\n", program, path, strerror(errno));
    return 1;
}

int
lines_option(int argc, char **argv, int *lines)
{
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        *lines = atoi(argv[2]);
        return 3;
    }
    if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
        *lines = atoi(argv[1] + 1);
        return 2;
    }
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

int
each_into(const char *program, int argc, char **argv, int (*one)(const char *, const char *))
{
    char path[MAXPATH];
    struct stat st;
    int status = 0;
    const char *to = argv[argc - 1];
    int is_dir = argc > 2 && stat(to, &st) == 0 && st.type == T_DIR;

    if (argc < 3 || (argc > 3 && !is_dir)) {
        fprintf(2, "usage: %s FILE TO, %s FILE... DIR\n", program, program);
        return 2;
    }
    for (int i = 1; i < argc - 1; i++) {
        if (is_dir && join_path(path, to, base_name(argv[i])) < 0)
            status = file_error(program, argv[i]);
        else
            status |= one(argv[i], is_dir ? path : to);
    }
    return status;
}
