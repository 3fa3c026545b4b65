/* Paths that a pattern fits: * is any text, ? any character, and neither goes over a slash. */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "sh.h"

static char path[MAXPATH]; /* what has been found so far, `length` of it */
static int (*report)(const char *path);

int
glob_is_pattern(const char *word)
{
    return strchr(word, GLOB_TEXT) || strchr(word, GLOB_CHAR);
}

void
glob_to_text(char *word)
{
    for (; *word; word++)
        if (*word == GLOB_TEXT || *word == GLOB_CHAR)
            *word = *word == GLOB_TEXT ? '*' : '?';
}

/* Whether the pattern, which ends at `end`, fits the whole name. */
static int
fits(const char *pattern, const char *end, const char *name)
{
    for (; pattern < end; pattern++, name++) {
        if (*pattern == GLOB_TEXT) {
            for (const char *rest = name;; rest++) {
                if (fits(pattern + 1, end, rest))
                    return 1;
                if (!*rest)
                    return 0;
            }
        }
        if (!*name || (*pattern != GLOB_CHAR && *pattern != *name))
            return 0;
    }
    return !*name;
}

static int walk(uint length, const char *pattern);

/* One name more behind what has been found, and then the rest of the pattern. */
static int
walk_into(uint length, const char *name, uint name_len, const char *rest)
{
    struct stat st;

    if (length + name_len >= MAXPATH)
        return 0; /* no path at all */
    memcpy(path + length, name, name_len);
    path[length + name_len] = '\0';
    if (!*rest)
        return stat(path, &st) == 0 ? report(path) : 0;
    return walk(length + name_len, rest);
}

/* The pattern's next part: slashes, or a name up to the next. */
static int
walk(uint length, const char *pattern)
{
    uint part = 0;
    char name[DIRSIZ + 1];
    int fd, result = 0, is_pattern = 0;

    while (*pattern == '/' && pattern[part] == '/')
        part++;
    while (*pattern != '/' && pattern[part] && pattern[part] != '/') {
        is_pattern |= pattern[part] == GLOB_TEXT || pattern[part] == GLOB_CHAR;
        part++;
    }
    if (!is_pattern)
        return walk_into(length, pattern, part, pattern + part);
    path[length] = '\0';
    fd = open(length ? path : ".", O_RDONLY);
    while (result == 0 && fd >= 0 && next_name(fd, name))
        if ((*name != '.' || *pattern == '.') && fits(pattern, pattern + part, name))
            result = walk_into(length, name, (uint)strlen(name), pattern + part);
    close(fd);
    return result;
}

int
glob_each(const char *pattern, int (*found)(const char *path))
{
    report = found;
    return walk(0, pattern);
}
