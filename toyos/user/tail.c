/* tail [-n LINES] [FILE]: the last lines, 10 unless a number is given. -LINES is the same as -n. */
#include "kernel/fcntl.h"
#include "user/files.h"

/* All that there is to read, in memory that grows. */
static char *
read_all(int fd, long *len)
{
    uint room = 4096;
    char *text = malloc(room), *larger;
    int n;

    *len = 0;
    while (text && (n = read(fd, text + *len, (int)(room - *len))) > 0) {
        *len += n;
        if (*len < room)
            continue;
        larger = malloc(2 * room);
        if (larger)
            memcpy(larger, text, room);
        free(text);
        text = larger;
        room *= 2;
    }
    return text;
}

int
main(int argc, char **argv)
{
    int lines = 10, first = lines_option(argc, argv, &lines), fd = 0;
    long len, start;
    char *text;

    if (argc > first + 1) {
        fprintf(2, "usage: tail [-n LINES] [FILE]\n");
        return 2;
    }
    if (argc > first && (fd = open(argv[first], O_RDONLY)) < 0)
        return file_error("tail", argv[first]);
    text = read_all(fd, &len);
    if (!text) {
        fprintf(2, "tail: no memory\n");
        return 1;
    }
    start = len;
    while (start > 0 && (lines > 0 || text[start - 1] != '\n')) {
        start--;
        if (start > 0 && text[start - 1] == '\n')
            lines--;
        if (lines == 0)
            break;
    }
    write(1, text + start, (int)(len - start));
    return 0;
}
