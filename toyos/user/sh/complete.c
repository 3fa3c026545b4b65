/* Names that can follow what has been typed: of commands, or of files. */
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "sh.h"

/* What is looked for, and what has been found. */
static struct {
    const char *prefix;
    int length;
    int is_listing; /* print them */
    int count;
    char common[DIRSIZ + 1]; /* that all begin with */
    int is_dir;              /* the last one */
} names;

static void
take_name(const char *name, int is_dir)
{
    int n = names.length;

    if (strncmp(name, names.prefix, (uint)n) != 0)
        return;
    if (names.is_listing)
        printf("%s%s  ", name, is_dir ? "/" : "");
    if (names.count++ == 0)
        strcpy(names.common, name);
    while (names.common[n] && names.common[n] == name[n])
        n++;
    names.common[n] = '\0';
    names.is_dir = is_dir;
}

static void
take_files(const char *dir, int is_program)
{
    char name[DIRSIZ + 1], path[MAXPATH];
    struct stat st;
    int fd = open(dir, O_RDONLY);

    while (fd >= 0 && next_name(fd, name)) {
        if (name[0] == '.' && names.prefix[0] != '.')
            continue;
        if (strncmp(name, names.prefix, (uint)names.length) != 0)
            continue;
        if (join_path(path, dir, name) == 0 && stat(path, &st) == 0 &&
            (!is_program || st.type == T_FILE))
            take_name(name, st.type == T_DIR);
    }
    close(fd);
}

static int
is_between(char c)
{
    return c == ' ' || c == ';' || c == '&' || c == '|' || c == '<' || c == '>' || c == '=';
}

/* Where the word begins that ends at `end`; whether it is a command's name. */
static const char *
find_word(const char *line, const char *end, int *is_command)
{
    const char *word = end, *before;

    while (word > line && !is_between(word[-1]))
        word--;
    for (before = word; before > line && before[-1] == ' '; before--)
        ;
    *is_command = before == line || before[-1] == ';' || before[-1] == '&' || before[-1] == '|';
    return word;
}

static void
find_names(const char *line, const char *end)
{
    int is_command;
    const char *word = find_word(line, end, &is_command), *slash = end;
    char dir[MAXPATH] = ".";

    while (slash > word && slash[-1] != '/')
        slash--;
    names.prefix = slash;
    names.length = (int)(end - slash);
    names.count = 0;
    names.common[0] = '\0';
    if (slash > word) { /* with the slash, so that there is something of / */
        if (slash - word >= MAXPATH)
            return;
        memcpy(dir, word, (uint)(slash - word));
        dir[slash - word] = '\0';
    } else if (is_command) {
        for (int n = 0; builtin_name(n); n++)
            take_name(builtin_name(n), 0);
        take_files("/", 1);
        return;
    }
    take_files(dir, 0);
}

int
complete(const char *line, const char *end, char more[DIRSIZ + 2])
{
    names.is_listing = 0;
    find_names(line, end);
    strcpy(more, names.count ? names.common + names.length : "");
    if (names.count == 1)
        strcpy(more + strlen(more), names.is_dir ? "/" : " ");
    return names.count;
}

void
complete_list(const char *line, const char *end)
{
    names.is_listing = 1;
    find_names(line, end);
    printf("\n");
}
