/* rm [-r] PATH...: remove files and empty directories; with -r what is in directories too. */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/files.h"

static int
remove_tree(const char *path)
{
    char name[DIRSIZ + 1], below[MAXPATH];
    struct stat st;
    int status = 0, fd = open(path, O_RDONLY);

    if (fd >= 0 && fstat(fd, &st) == 0 && st.type == T_DIR)
        while (next_name(fd, name))
            status |=
                join_path(below, path, name) < 0 ? file_error("rm", name) : remove_tree(below);
    close(fd);
    return unlink(path) < 0 ? file_error("rm", path) : status;
}

int
main(int argc, char **argv)
{
    int is_deep = argc > 1 && strcmp(argv[1], "-r") == 0, status = 0;

    if (argc < 2 + is_deep) {
        fprintf(2, "usage: rm [-r] PATH...\n");
        return 2;
    }
    for (int i = 1 + is_deep; i < argc; i++) {
        if (is_deep)
            status |= remove_tree(argv[i]);
        else if (unlink(argv[i]) < 0)
            status = file_error("rm", argv[i]);
    }
    return status;
}
