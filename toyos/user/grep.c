/*
 * grep [-v] PATTERN [FILE...]: the lines that have the pattern somewhere; -v: the others. In it, ^
 * and $ are the line's ends, . is any character, and c* any number of c. Status 0: there were some,
 * 1: none.
 */
#include "kernel/fcntl.h"
#include "user/files.h"

#define LINE_MAX 4096 /* a longer one is cut into pieces of this length */

static int is_inverted, has_matched;

/* Whether the pattern fits the text's beginning. */
static int
fits_here(const char *pattern, const char *line)
{
    for (;; pattern++, line++) {
        int is_same = *line && (*pattern == '.' || *pattern == *line);
        if (!*pattern)
            return 1;
        if (pattern[0] == '$' && !pattern[1])
            return !*line;
        if (pattern[1] == '*') { /* as few as will do */
            for (;; line++) {
                if (fits_here(pattern + 2, line))
                    return 1;
                if (!*line || (*pattern != '.' && *pattern != *line))
                    return 0;
            }
        }
        if (!is_same)
            return 0;
    }
}

static int
fits(const char *pattern, const char *line)
{
    if (*pattern == '^')
        return fits_here(pattern + 1, line);
    do
        if (fits_here(pattern, line))
            return 1;
    while (*line++);
    return 0;
}

static void
show(const char *pattern, const char *name, const char *line)
{
    if (fits(pattern, line) == is_inverted)
        return;
    has_matched = 1;
    if (name)
        printf("%s:%s\n", name, line);
    else
        printf("%s\n", line);
}

static void
search(const char *pattern, int fd, const char *name)
{
    static char buf[1024], line[LINE_MAX + 1];
    int len = 0, n;

    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        for (int i = 0; i < n; i++) {
            if (buf[i] != '\n')
                line[len++] = buf[i];
            if (buf[i] == '\n' || len == LINE_MAX) {
                line[len] = '\0';
                show(pattern, name, line);
                len = 0;
            }
        }
    }
    line[len] = '\0';
    if (len)
        show(pattern, name, line);
}

int
main(int argc, char **argv)
{
    int first, status = 0;

    is_inverted = argc > 1 && strcmp(argv[1], "-v") == 0;
    first = 1 + is_inverted;
    if (argc <= first) {
        fprintf(2, "usage: grep [-v] PATTERN [FILE...]\n");
        return 2;
    }
    if (argc == first + 1)
        search(argv[first], 0, 0);
    for (int i = first + 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0)
            status = file_error("grep", argv[i]) + 1;
        else
            search(argv[first], fd, argc > first + 2 ? argv[i] : 0);
        close(fd);
    }
    return status ? status : !has_matched;
}
