/* The files that the command line names: no two options may mean one, if either writes to it. */
#ifndef DUET_VMM_NAMED_FILES_H
#define DUET_VMM_NAMED_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* What a file that is replaced is called while the new one is written, behind its name. */
#define NAMED_NEW_SUFFIX ".new"

enum named_use {
    NAMED_READ,
    NAMED_WRITTEN,
    NAMED_REPLACED, /* by a new one, once that is whole */
};

/* Adds a file, as a message names it: an option with its "=", or words with a blank at their end.
 * Both texts are kept by their pointers. 16 at most. */
void named_file_add(const char *option, const char *path, enum named_use use);

/* Whether two paths lead to one file, through whatever links. Files that are not there yet count by
 * their names; others than files and block devices, such as a terminal or /dev/null, do not. */
bool named_file_is_same(const char *path, const char *other);

/* Whether two of those that were added are one file, and one of the two options writes to it. If
 * so, `line` says which they are, and what to do; at most `size` bytes. */
bool named_files_clash(char *line, size_t size);

#endif
