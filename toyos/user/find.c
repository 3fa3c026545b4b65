/* find [DIR] [NAME]: the paths of all below a directory, or of those with this name; * is any text.
 */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/files.h"

static const char *pattern;

static int
fits(const char *p, const char *name)
{
    for (; *p != '*'; p++, name++) {
        if (*p != *name)
            return 0;
        if (!*p)
            return 1;
    }
    do
        if (fits(p + 1, name))
            return 1;
    while (*name++);
    return 0;
}

static int
walk(const char *path)
{
    char name[DIRSIZ + 1], below[MAXPATH];
    struct stat st;
    int status = 0, fd = open(path, O_RDONLY);

    if (fd < 0 || fstat(fd, &st) < 0)
        return file_error("find", path);
    if (!pattern || fits(pattern, base_name(path)))
        printf("%s\n", path);
    while (st.type == T_DIR && next_name(fd, name))
        status |= join_path(below, path, name) < 0 ? file_error("find", name) : walk(below);
    close(fd);
    return status;
}

int
main(int argc, char **argv)
{
    if (argc > 3) {
        fprintf(2, "usage: find [DIR] [NAME]\n");
        return 2;
    }
    pattern = argc > 2 ? argv[2] : 0;
    return walk(argc > 1 ? argv[1] : ".");
}
