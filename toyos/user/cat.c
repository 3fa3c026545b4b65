/* cat: write files, or what comes in. */
#include "kernel/fcntl.h"
#include "user/files.h"

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc == 1 && copy_all(0, 1) < 0)
        return file_error("cat", "-");
    for (int i = 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0 || copy_all(fd, 1) < 0)
            status = file_error("cat", argv[i]);
        close(fd);
    }
    return status;
}
