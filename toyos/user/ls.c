/* ls [FILE...]: name, type (kernel/stat.h), inode number and size of files; of all in a directory.
 */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/files.h"

static void
show(const char *name, const struct stat *st)
{
    printf("%-14s %d %3u %7lu\n", name, st->type, st->ino, st->size);
}

static int
list_dir(const char *path, int fd)
{
    struct dirent entry;
    int status = 0;

    while (read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
        char name[DIRSIZ + 1] = "", full[MAXPATH];
        struct stat st;
        if (!entry.inum)
            continue;
        memcpy(name, entry.name, DIRSIZ);
        if (join_path(full, path, name) < 0 || stat(full, &st) < 0)
            status = file_error("ls", name);
        else
            show(name, &st);
    }
    return status;
}

static int
list(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY), status = 0;

    if (fd < 0 || fstat(fd, &st) < 0)
        status = file_error("ls", path);
    else if (st.type == T_DIR)
        status = list_dir(path, fd);
    else
        show(path, &st);
    close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc == 1)
        return list(".");
    for (int i = 1; i < argc; i++)
        status |= list(argv[i]);
    return status;
}
