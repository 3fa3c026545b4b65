/* mkdir DIR...: make directories. */
#include "user/files.h"

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc < 2) {
        fprintf(2, "usage: mkdir DIR...\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (mkdir(argv[i]) < 0)
            status = file_error("mkdir", argv[i]);
    return status;
}
