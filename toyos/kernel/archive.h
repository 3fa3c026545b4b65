/* The read-only files: an archive in cpio's "newc" format, in the kernel's ELF or as an initrd. */
#ifndef TOYOS_ARCHIVE_H
#define TOYOS_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "toyos/kernel/ranges.h"

struct archive_file {
    const char *name; /* without '/' in front */
    const char *data;
    size_t size;
    unsigned number; /* 1 and up */
};

struct file_ops;
extern const struct file_ops archive_ops, archive_dir_ops;

/* Use the initrd if there is one. A bad archive is a panic. */
void archive_init(struct range initrd);

bool archive_find(const char *path, struct archive_file *file);

#endif
