/* ls: name, type, inode number and size of files; of all in a directory. */
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/stat.h"
#include "user/user.h"

static void
show(const char *name, const struct stat *st)
{
    printf("%-14s %d %3u %7lu\n", name, st->type, st->ino, st->size);
}

static int
list(const char *path)
{
    struct dirent entry;
    struct stat st;
    char full[128];
    uint len = strlen(path);
    int fd = open(path, O_RDONLY);

    if (fd < 0 || fstat(fd, &st) < 0 || len + DIRSIZ + 2 > sizeof(full)) {
        fprintf(2, "ls: %s: cannot read\n", path);
        close(fd);
        return 1;
    }
    if (st.type != T_DIR)
        show(path, &st);
    while (st.type == T_DIR && read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
        struct stat file;
        if (!entry.inum)
            continue;
        strcpy(full, path);
        full[len] = '/';
        memcpy(full + len + 1, entry.name, DIRSIZ);
        full[len + 1 + DIRSIZ] = '\0';
        if (stat(full, &file) == 0)
            show(full + len + 1, &file);
    }
    close(fd);
    return 0;
}

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc == 1)
        return list("/");
    for (int i = 1; i < argc; i++)
        status |= list(argv[i]);
    return status;
}
