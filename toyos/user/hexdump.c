/* hexdump [FILE]: bytes in hexadecimal and as characters, 16 a line. */
#include "kernel/fcntl.h"
#include "user/files.h"

/* As many as there are, up to `len`: a pipe gives less at a time. */
static int
read_full(int fd, uchar *buf, int len)
{
    int done = 0, n;

    while (done < len && (n = read(fd, buf + done, len - done)) > 0)
        done += n;
    return done;
}

int
main(int argc, char **argv)
{
    uchar line[16];
    ulong offset = 0;
    int fd = 0, n;

    if (argc > 2) {
        fprintf(2, "usage: hexdump [FILE]\n");
        return 2;
    }
    if (argc == 2 && (fd = open(argv[1], O_RDONLY)) < 0)
        return file_error("hexdump", argv[1]);
    while ((n = read_full(fd, line, sizeof(line))) > 0) {
        char text[17];
        printf("%08lx ", offset);
        for (int i = 0; i < 16; i++) {
            if (i < n)
                printf(" %02x", line[i]);
            else
                printf("   ");
            text[i] = line[i] >= ' ' && line[i] < 0x7f ? (char)line[i] : '.';
        }
        text[n] = '\0';
        printf("  |%s|\n", text);
        offset += (ulong)n;
    }
    return 0;
}
