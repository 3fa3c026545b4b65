/* Open files and tables of descriptors. */
#include "toyos/kernel/file/file.h"

#include <stdatomic.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/proc/proc.h"

static struct lock file_lock = LOCK_INIT("file"); /* taken to claim a slot or to free it */
static struct file files[NFILE];

struct file *
file_alloc(const struct file_ops *ops, bool is_readable, bool is_writable)
{
    struct file *file = NULL;

    lock_acquire(&file_lock);
    for (unsigned i = 0; i < NFILE && !file; i++) {
        if (!files[i].ops) {
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
file_hold(struct file *file)
{
    atomic_fetch_add_explicit(&file->references, 1, memory_order_relaxed);
    return file;
}

void
file_put(struct file *file)
{
    if (atomic_fetch_sub_explicit(&file->references, 1, memory_order_acq_rel) > 1)
        return;
    if (file->ops->close)
        file->ops->close(file);
    if (file->inode)
        inode_put(file->inode);
    lock_acquire(&file_lock);
    file->ops = NULL;
    lock_release(&file_lock);
}

void
file_table_copy(struct file **to)
{
    struct proc *proc = proc_this();

    lock_acquire(&proc->files_lock);
    for (unsigned fd = 0; fd < NOFILE; fd++)
        to[fd] = proc->files[fd] ? file_hold(proc->files[fd]) : NULL;
    lock_release(&proc->files_lock);
}

void
file_table_close(struct file **table)
{
    for (unsigned fd = 0; fd < NOFILE; fd++) {
        if (table[fd])
            file_put(table[fd]);
        table[fd] = NULL;
    }
}

int
file_install(struct file *file)
{
    struct proc *proc = proc_this();
    int fd = 0;

    lock_acquire(&proc->files_lock);
    while (fd < NOFILE && proc->files[fd])
        fd++;
    if (fd < NOFILE)
        proc->files[fd] = file_hold(file);
    else
        fd = -EMFILE;
    lock_release(&proc->files_lock);
    return fd;
}

bool
file_uninstall(int fd, struct file *file)
{
    struct proc *proc = proc_this();
    bool is_there;

    lock_acquire(&proc->files_lock);
    is_there = proc->files[fd] == file;
    if (is_there)
        proc->files[fd] = NULL;
    lock_release(&proc->files_lock);
    if (is_there)
        file_put(file);
    return is_there;
}

struct file *
file_get(uint64_t fd)
{
    struct proc *proc = proc_this();
    int n = (int)fd;
    struct file *file;

    if (n < 0 || n >= NOFILE)
        return NULL;
    lock_acquire(&proc->files_lock);
    file = proc->files[n];
    if (file)
        file_hold(file);
    lock_release(&proc->files_lock);
    return file;
}
