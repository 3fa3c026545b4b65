/* cp FILE TO, cp FILE... DIR: copy files. */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/files.h"

static int
copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY), out, status = 0;
    struct stat a, b;

    if (in < 0 || fstat(in, &a) < 0)
        return file_error("cp", from);
    if (a.type == T_DIR) {
        fprintf(2, "cp: %s: is a directory\n", from);
        close(in);
        return 1;
    }
    if (stat(to, &b) == 0 && a.ino == b.ino) {
        fprintf(2, "cp: %s and %s are the same file\n", from, to);
        close(in);
        return 1;
    }
    out = open(to, O_WRONLY | O_CREATE | O_TRUNC);
    if (out < 0 || copy_all(in, out) < 0)
        status = file_error("cp", to);
    close(in);
    close(out);
    return status;
}

int
main(int argc, char **argv)
{
    return each_into("cp", argc, argv, copy);
}
