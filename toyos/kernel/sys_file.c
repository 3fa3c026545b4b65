/* System calls about files. */
#include <string.h>

#include "toyos/include/kernel/fcntl.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/console.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/pipe.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/syscall.h"

/* The open file of a descriptor, or NULL. */
static struct file *
file_of(uint64_t fd)
{
    int n = (int)fd;

    return n >= 0 && n < NOFILE ? proc_this()->files[n] : NULL;
}

int64_t
sys_read(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file || !file->is_readable || !file->ops->read || (int)arg[2] < 0)
        return -1;
    return file->ops->read(file, arg[1], (int)arg[2]);
}

int64_t
sys_write(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file || !file->is_writable || !file->ops->write || (int)arg[2] < 0)
        return -1;
    return file->ops->write(file, arg[1], (int)arg[2]);
}

int64_t
sys_close(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file)
        return -1;
    proc_this()->files[(int)arg[0]] = NULL;
    file_close(file);
    return 0;
}

int64_t
sys_dup(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);
    int fd = file ? file_install(file) : -1;

    if (fd >= 0)
        file_dup(file);
    return fd;
}

int64_t
sys_fstat(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);
    struct stat st;

    if (!file || !file->ops->stat)
        return -1;
    memset(&st, 0, sizeof(st));
    file->ops->stat(file, &st);
    return uvm_copy_out(&proc_this()->uvm, arg[1], &st, sizeof(st)) ? 0 : -1;
}

/* Without a file system, the files are the archive's, the directory "/" and "console". */
int64_t
sys_open(const uint64_t arg[6])
{
    bool is_readable = !(arg[1] & O_WRONLY), is_writable = (arg[1] & (O_WRONLY | O_RDWR)) != 0;
    char path[MAXPATH];
    const char *name = path;
    struct archive_file data;
    struct file *file;
    int fd;

    if (uvm_copy_string(&proc_this()->uvm, path, arg[0], sizeof(path)) < 0)
        return -1;
    while (*name == '/')
        name++;
    if (strcmp(name, "console") == 0) {
        file = file_alloc(&console_ops, is_readable, is_writable);
    } else if (is_writable || arg[1] & (O_CREATE | O_TRUNC)) {
        return -1; /* all the others are read-only */
    } else if (path[0] && (!*name || strcmp(name, ".") == 0)) {
        file = file_alloc(&archive_dir_ops, true, false);
    } else if (archive_find(path, &data)) {
        file = file_alloc(&archive_ops, true, false);
        if (file)
            file->data = data;
    } else {
        return -1;
    }
    if (!file)
        return -1;
    fd = file_install(file);
    if (fd < 0)
        file_close(file);
    return fd;
}

int64_t
sys_pipe(const uint64_t arg[6])
{
    struct file *end[2], **table = proc_this()->files;
    int fd[2] = {-1, -1};

    if (!pipe_make(end))
        return -1;
    for (int i = 0; i < 2; i++)
        fd[i] = file_install(end[i]);
    if (fd[0] >= 0 && fd[1] >= 0 && uvm_copy_out(&proc_this()->uvm, arg[0], fd, sizeof(fd)))
        return 0;
    for (int i = 0; i < 2; i++) {
        if (fd[i] >= 0)
            table[fd[i]] = NULL;
        file_close(end[i]);
    }
    return -1;
}
