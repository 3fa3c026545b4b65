/* head [-n LINES] [FILE]: the first lines, 10 unless a number is given. -LINES is the same as -n.
 */
#include "kernel/fcntl.h"
#include "user/files.h"

int
main(int argc, char **argv)
{
    static char buf[4096];
    int lines = 10, first = lines_option(argc, argv, &lines), fd = 0, n;

    if (argc > first + 1) {
        fprintf(2, "usage: head [-n LINES] [FILE]\n");
        return 2;
    }
    if (argc > first && (fd = open(argv[first], O_RDONLY)) < 0)
        return file_error("head", argv[first]);
    while (lines > 0 && (n = read(fd, buf, sizeof(buf))) > 0) {
        int len = 0;
        while (len < n && lines > 0)
            lines -= buf[len++] == '\n';
        write(1, buf, len);
    }
    return 0;
}
