/* System calls on open files of any kind. */
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/trap/syscall.h"

int64_t
sys_read(const uint64_t arg[6])
{
    struct file *file = file_get(arg[0]);
    int64_t n = -EINVAL;

    if (!file)
        return -EBADF;
    if (!file->is_readable)
        n = -EBADF;
    else if (file->ops->read && (int)arg[2] >= 0)
        n = file->ops->read(file, arg[1], (int)arg[2]);
    file_put(file);
    return n;
}

int64_t
sys_write(const uint64_t arg[6])
{
    struct file *file = file_get(arg[0]);
    int64_t n = -EINVAL;

    if (!file)
        return -EBADF;
    if (!file->is_writable)
        n = -EBADF;
    else if (file->ops->write && (int)arg[2] >= 0)
        n = file->ops->write(file, arg[1], (int)arg[2]);
    file_put(file);
    return n;
}

int64_t
sys_close(const uint64_t arg[6])
{
    struct file *file = file_get(arg[0]);
    bool is_closed;

    if (!file)
        return -EBADF;
    is_closed = file_uninstall((int)arg[0], file); /* false if another thread was faster */
    file_put(file);
    return is_closed ? 0 : -EBADF;
}

int64_t
sys_dup(const uint64_t arg[6])
{
    struct file *file = file_get(arg[0]);
    int fd;

    if (!file)
        return -EBADF;
    fd = file_install(file);
    file_put(file);
    return fd;
}

int64_t
sys_fstat(const uint64_t arg[6])
{
    struct file *file = file_get(arg[0]);
    struct stat st = {0};
    int error = 0;

    if (!file)
        return -EBADF;
    if (file->inode)
        error = file_inode_stat(file->inode, &st);
    else if (file->ops->stat)
        file->ops->stat(file, &st);
    else
        error = -EINVAL; /* a pipe */
    file_put(file);
    if (error)
        return error;
    return uvm_copy_out(&proc_this()->uvm, arg[1], &st, sizeof(st)) ? 0 : -EFAULT;
}
