/* The files that the command line names. */
#include "vmm/named_files.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 16
#define LINKS_MAX 40 /* as Linux's: path_resolution(7) */

struct named_file {
    const char *option, *path;
    enum named_use use;
};

/* Which file it is: its number, and none of a name; or its folder's and its name, if it is not
 * there yet. */
struct identity {
    dev_t device;
    ino_t inode;
    char name[NAME_MAX + 1];
};

static struct named_file files[FILES_MAX];
static unsigned count;

void
named_file_add(const char *option, const char *path, enum named_use use)
{
    if (count == FILES_MAX)
        abort();
    files[count++] = (struct named_file){option, path, use};
}

/* False if it has no identity of interest. */
static bool
identity_of(const struct stat *st, struct identity *identity)
{
    if (S_ISBLK(st->st_mode)) /* a device may have several nodes */
        *identity = (struct identity){.device = st->st_rdev};
    else
        *identity = (struct identity){.device = st->st_dev, .inode = st->st_ino};
    return S_ISREG(st->st_mode) || S_ISBLK(st->st_mode);
}

/* Of a file that is not there. False if neither is its folder. */
static bool
identity_of_new(char *path, struct identity *identity)
{
    char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct stat folder;

    if (!*name || strlen(name) > NAME_MAX)
        return false;
    *identity = (struct identity){0};
    memcpy(identity->name, name, strlen(name));
    *name = '\0';
    if (stat(slash ? path : ".", &folder))
        return false;
    identity->device = folder.st_dev;
    identity->inode = folder.st_ino;
    return true;
}

static bool
identity_find(const char *path, struct identity *identity)
{
    char at[PATH_MAX], target[PATH_MAX];
    struct stat st;

    if (strlen(path) >= sizeof(at))
        return false;
    memcpy(at, path, strlen(path) + 1);
    for (unsigned links = 0; links < LINKS_MAX; links++) {
        char *slash = strrchr(at, '/');
        size_t folder = slash ? (size_t)(slash + 1 - at) : 0;
        ssize_t len;

        if (stat(at, &st) == 0)
            return identity_of(&st, identity);
        len = readlink(at, target, sizeof(target));
        if (len < 0)
            return identity_of_new(at, identity);
        if (target[0] == '/')
            folder = 0;
        if (folder + (size_t)len >= sizeof(at))
            return false;
        memcpy(at + folder, target, (size_t)len);
        at[folder + (size_t)len] = '\0';
    }
    return false;
}

bool
named_file_is_same(const char *path, const char *other)
{
    struct identity a, b;

    return identity_find(path, &a) && identity_find(other, &b) && a.device == b.device &&
           a.inode == b.inode && strcmp(a.name, b.name) == 0;
}

/* Whether `other` is what the file is called while it is written anew. */
static bool
is_new_of(const struct named_file *file, const struct named_file *other)
{
    char path[PATH_MAX];

    return file->use == NAMED_REPLACED &&
           snprintf(path, sizeof(path), "%s" NAMED_NEW_SUFFIX, file->path) < (int)sizeof(path) &&
           named_file_is_same(path, other->path);
}

static bool
clash(const struct named_file *a, const struct named_file *b, char *line, size_t size)
{
    if (a->use == NAMED_READ && b->use == NAMED_READ)
        return false;
    if (named_file_is_same(a->path, b->path)) {
        const char *writes = a->use == NAMED_READ ? b->option : a->option;

        snprintf(line, size, "%s%s and %s%s are one file, and %.*s writes to it: name another",
                 a->option, a->path, b->option, b->path, (int)strcspn(writes, "="), writes);
        return true;
    }
    if (!is_new_of(a, b)) {
        const struct named_file *swap = a;

        a = b;
        b = swap;
    }
    if (!is_new_of(a, b))
        return false;
    snprintf(line, size,
             "%s%s is called %s" NAMED_NEW_SUFFIX " while it is written, and %s%s is that file: "
             "name another",
             a->option, a->path, a->path, b->option, b->path);
    return true;
}

bool
named_files_clash(char *line, size_t size)
{
    for (unsigned b = 1; b < count; b++)
        for (unsigned a = 0; a < b; a++)
            if (clash(&files[a], &files[b], line, size))
                return true;
    return false;
}
