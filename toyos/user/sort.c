/* sort [-r] [FILE...]: lines in order, by their bytes. */
#include "kernel/fcntl.h"
#include "user/files.h"

static char *text;
static uint used, room;

/* Add all that `fd` gives; -1: an error. */
static int
add_all(int fd)
{
    for (;;) {
        int n;
        if (used + 2 > room) {
            uint larger_room = room ? 2 * room : 8192;
            char *larger = malloc(larger_room);
            if (!larger)
                return -1;
            memcpy(larger, text, used);
            free(text);
            text = larger;
            room = larger_room;
        }
        n = read(fd, text + used, (int)(room - used - 1));
        if (n <= 0)
            return n;
        used += (uint)n;
    }
}

static void
sift(char **lines, uint root, uint count, int sign)
{
    uint child;

    while ((child = 2 * root + 1) < count) {
        char *line = lines[root];
        if (child + 1 < count && sign * strcmp(lines[child + 1], lines[child]) > 0)
            child++;
        if (sign * strcmp(lines[child], line) <= 0)
            return;
        lines[root] = lines[child];
        lines[child] = line;
        root = child;
    }
}

static void
heap_sort(char **lines, uint count, int sign)
{
    for (uint i = count / 2; i-- > 0;)
        sift(lines, i, count, sign);
    for (uint end = count; end-- > 1;) {
        char *line = lines[0];
        lines[0] = lines[end];
        lines[end] = line;
        sift(lines, 0, end, sign);
    }
}

int
main(int argc, char **argv)
{
    int is_reverse = argc > 1 && strcmp(argv[1], "-r") == 0, status = 0;
    uint count = 0;
    char **lines;

    if (argc == 1 + is_reverse && add_all(0) < 0)
        return file_error("sort", "input");
    for (int i = 1 + is_reverse; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0 || add_all(fd) < 0)
            status = file_error("sort", argv[i]);
        close(fd);
    }
    if (used && text[used - 1] != '\n')
        text[used++] = '\n';
    for (uint i = 0; i < used; i++)
        count += text[i] == '\n';
    lines = malloc((count + 1) * (uint)sizeof(*lines));
    if (!lines) {
        fprintf(2, "sort: no memory\n");
        return 1;
    }
    for (uint i = 0, n = 0, start = 0; i < used; i++) {
        if (text[i] != '\n')
            continue;
        text[i] = '\0';
        lines[n++] = text + start;
        start = i + 1;
    }
    heap_sort(lines, count, is_reverse ? -1 : 1);
    for (uint i = 0; i < count; i++)
        printf("%s\n", lines[i]);
    return status;
}
