/* mv OLD NEW, mv FILE... DIR: rename files and directories. */
#include "kernel/stat.h"
#include "user/files.h"

int
main(int argc, char **argv)
{
    char path[MAXPATH];
    struct stat st;
    int status = 0;
    const char *to = argv[argc - 1];
    int is_dir = argc > 2 && stat(to, &st) == 0 && st.type == T_DIR;

    if (argc < 3 || (argc > 3 && !is_dir)) {
        fprintf(2, "usage: mv OLD NEW, mv FILE... DIR\n");
        return 2;
    }
    for (int i = 1; i < argc - 1; i++)
        if ((is_dir && join_path(path, to, base_name(argv[i])) < 0) ||
            rename(argv[i], is_dir ? path : to) < 0)
            status = file_error("mv", argv[i]);
    return status;
}
