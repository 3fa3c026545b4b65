/* Open files, of whatever kind, and each process's table of them. */
#ifndef TOYOS_FILE_H
#define TOYOS_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "toyos/kernel/archive.h"
#include "toyos/kernel/lock.h"

struct file;
struct stat;

/* What a kind of file can do. `va` is the user's buffer; results are bytes, or -1. NULL: it cannot.
 * `close` is called once, when the last descriptor has gone. */
struct file_ops {
    int (*read)(struct file *file, uint64_t va, int len);
    int (*write)(struct file *file, uint64_t va, int len);
    void (*stat)(struct file *file, struct stat *st);
    void (*close)(struct file *file);
};

struct file {
    int references; /* file.c's lock; 0: free */
    const struct file_ops *ops;
    bool is_readable, is_writable;
    struct lock lock;
    uint64_t offset; /* lock */
    struct pipe *pipe;
    struct archive_file data; /* of an archive file */
};

/* A new open file with one reference, or NULL. */
struct file *file_alloc(const struct file_ops *ops, bool is_readable, bool is_writable);
struct file *file_dup(struct file *file);
void file_close(struct file *file);

/* Tables of NOFILE descriptors */
void file_table_copy(struct file **to, struct file **from);
void file_table_close(struct file **files);

/* The lowest free descriptor of the current process, now for `file`; -1 if there is none. */
int file_install(struct file *file);

/* Descriptors 0, 1 and 2: the console. */
void file_open_console(struct file **files);

#endif
