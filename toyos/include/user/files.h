/* What programs about files share: paths, names in directories, and complaints. */
#ifndef TOYOS_USER_FILES_H
#define TOYOS_USER_FILES_H

#include "kernel/fs.h"
#include "kernel/param.h"
#include "user/toyos.h"

/* "PROGRAM: PATH: words of errno" on descriptor 2; returns 1, for an exit status. */
int file_error(const char *program, const char *path);

/* The next name in the directory that `fd` reads, but for "." and "..": 1, or 0 at its end. */
int next_name(int fd, char name[DIRSIZ + 1]);

/* DIR/NAME; -1 if it is too long. */
int join_path(char path[MAXPATH], const char *dir, const char *name);

/* Reads the option -n LINES or -LINES of `head` and `tail`, and leaves *lines alone without it. The
 * index of the first argument behind it. */
int lines_option(int argc, char **argv, int *lines);

const char *base_name(const char *path); /* what follows the last '/' */
int copy_all(int from, int to);          /* all that can be read; 0, or -1 */

/* All of a program that is called as PROGRAM FILE TO or PROGRAM FILE... DIR: `one` for each FILE
 * and the path that it goes to. `one` returns an exit status, and so does this. */
int each_into(const char *program, int argc, char **argv, int (*one)(const char *, const char *));

#endif
