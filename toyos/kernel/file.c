/* Open files and tables of descriptors. */
#include "toyos/kernel/file.h"

#include <stddef.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/console.h"
#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/panic.h"
#include "toyos/kernel/proc.h"

static struct lock file_lock = LOCK_INIT("file");
static struct file files[NFILE];

struct file *
file_alloc(const struct file_ops *ops, bool is_readable, bool is_writable)
{
    struct file *file = NULL;

    lock_acquire(&file_lock);
    for (unsigned i = 0; i < NFILE && !file; i++) {
        if (files[i].references == 0) {
            file = &files[i];
            *file = (struct file){.references = 1,
                                  .ops = ops,
                                  .is_readable = is_readable,
                                  .is_writable = is_writable,
                                  .lock = SLEEP_LOCK_INIT("open file")};
        }
    }
    lock_release(&file_lock);
    return file;
}

struct file *
file_dup(struct file *file)
{
    lock_acquire(&file_lock);
    file->references++;
    lock_release(&file_lock);
    return file;
}

void
file_close(struct file *file)
{
    bool is_last;

    lock_acquire(&file_lock);
    is_last = file->references == 1;
    if (!is_last)
        file->references--;
    lock_release(&file_lock);
    if (!is_last)
        return;
    if (file->ops->close)
        file->ops->close(file);
    if (file->inode)
        inode_put(file->inode);
    lock_acquire(&file_lock);
    file->references = 0;
    lock_release(&file_lock);
}

void
file_table_copy(struct file **to, struct file **from)
{
    for (unsigned fd = 0; fd < NOFILE; fd++)
        to[fd] = from[fd] ? file_dup(from[fd]) : NULL;
}

void
file_table_close(struct file **table)
{
    for (unsigned fd = 0; fd < NOFILE; fd++) {
        if (table[fd])
            file_close(table[fd]);
        table[fd] = NULL;
    }
}

int
file_install(struct file *file)
{
    struct file **table = proc_this()->files;

    for (int fd = 0; fd < NOFILE; fd++) {
        if (!table[fd]) {
            table[fd] = file;
            return fd;
        }
    }
    return -EMFILE;
}

struct file *
file_of(uint64_t fd)
{
    int n = (int)fd;

    return n >= 0 && n < NOFILE ? proc_this()->files[n] : NULL;
}

void
file_open_console(struct file **table)
{
    struct file *file = file_alloc(&console_ops, true, true);

    if (!file)
        panic("no file for the console");
    table[0] = file;
    table[1] = file_dup(file);
    table[2] = file_dup(file);
}
