/* System calls about open files, of whatever kind. */
#include <stddef.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/console.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/pipe.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/syscall.h"

int64_t
sys_read(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file || !file->is_readable)
        return -EBADF;
    if (!file->ops->read || (int)arg[2] < 0)
        return -EINVAL;
    return file->ops->read(file, arg[1], (int)arg[2]);
}

int64_t
sys_write(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file || !file->is_writable)
        return -EBADF;
    if (!file->ops->write || (int)arg[2] < 0)
        return -EINVAL;
    return file->ops->write(file, arg[1], (int)arg[2]);
}

int64_t
sys_close(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file)
        return -EBADF;
    proc_this()->files[(int)arg[0]] = NULL;
    file_close(file);
    return 0;
}

int64_t
sys_dup(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);
    int fd = file ? file_install(file) : -EBADF;

    if (fd >= 0)
        file_dup(file);
    return fd;
}

int64_t
sys_fstat(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);
    struct stat st = {0};
    int error = 0;

    if (!file)
        return -EBADF;
    if (file->inode)
        error = file_inode_stat(file->inode, &st);
    else if (file->ops->stat)
        file->ops->stat(file, &st);
    else
        error = -EINVAL; /* a pipe has nothing to tell */
    if (error)
        return error;
    return uvm_copy_out(&proc_this()->uvm, arg[1], &st, sizeof(st)) ? 0 : -EFAULT;
}

int64_t
sys_console_own(const uint64_t arg[6])
{
    (void)arg;
    return console_own();
}

int64_t
sys_console_mode(const uint64_t arg[6])
{
    const struct file *file = file_of(arg[0]);

    if (!file)
        return -EBADF;
    if (file->ops != &console_ops)
        return -ENOTTY;
    return console_set_mode((int)arg[1]);
}

int64_t
sys_pipe(const uint64_t arg[6])
{
    struct file *end[2], **table = proc_this()->files;
    int fd[2] = {-1, -1};

    if (!pipe_make(end))
        return -ENFILE;
    for (int i = 0; i < 2; i++)
        fd[i] = file_install(end[i]);
    if (fd[0] >= 0 && fd[1] >= 0 && uvm_copy_out(&proc_this()->uvm, arg[0], fd, sizeof(fd)))
        return 0;
    for (int i = 0; i < 2; i++) {
        if (fd[i] >= 0)
            table[fd[i]] = NULL;
        file_close(end[i]);
    }
    return fd[1] < 0 ? -EMFILE : -EFAULT;
}
