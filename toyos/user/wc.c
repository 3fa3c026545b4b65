/* wc [FILE...]: how many lines, words and bytes. */
#include "kernel/fcntl.h"
#include "user/files.h"

static int
count(int fd, const char *name)
{
    static char buf[4096];
    long lines = 0, words = 0, bytes = 0;
    int is_word = 0, n;

    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        bytes += n;
        for (int i = 0; i < n; i++) {
            int is_blank = buf[i] && strchr(" \t\r\n\v\f", buf[i]) != 0;
            lines += buf[i] == '\n';
            words += !is_blank && !is_word;
            is_word = !is_blank;
        }
    }
    if (n < 0)
        return file_error("wc", name);
    printf("%ld %ld %ld %s\n", lines, words, bytes, name);
    return 0;
}

int
main(int argc, char **argv)
{
    int status = 0;

    if (argc == 1)
        return count(0, "");
    for (int i = 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY);
        status |= fd < 0 ? file_error("wc", argv[i]) : count(fd, argv[i]);
        close(fd);
    }
    return status;
}
