/* System calls about open files, of whatever kind. */
#include <stddef.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/console.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/pipe.h"
#include "toyos/kernel/poll.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/syscall.h"
#include "toyos/kernel/timer.h"

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
    is_closed = file_uninstall((int)arg[0], file); /* not if another thread was quicker */
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
        error = -EINVAL; /* a pipe has nothing to tell */
    file_put(file);
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
    struct file *file = file_get(arg[0]);
    bool is_console;

    if (!file)
        return -EBADF;
    is_console = file->ops == &console_ops;
    file_put(file);
    return is_console ? console_set_mode((int)arg[1]) : -ENOTTY;
}

int64_t
sys_pipe(const uint64_t arg[6])
{
    struct file *end[2];
    int fd[2], error = 0;

    if (!pipe_make(end))
        return -ENFILE;
    for (int i = 0; i < 2; i++)
        fd[i] = file_install(end[i]);
    if (fd[0] < 0 || fd[1] < 0)
        error = -EMFILE;
    else if (!uvm_copy_out(&proc_this()->uvm, arg[0], fd, sizeof(fd)))
        error = -EFAULT;
    for (int i = 0; i < 2; i++) {
        if (error && fd[i] >= 0)
            file_uninstall(fd[i], end[i]);
        file_put(end[i]);
    }
    return error;
}

int64_t
sys_poll(const uint64_t arg[6])
{
    struct uvm *uvm = &proc_this()->uvm;
    struct pollfd fds[NOFILE];
    size_t size = arg[1] * sizeof(fds[0]);
    int timeout = (int)arg[2];
    int found;

    if (arg[1] > NOFILE)
        return -EINVAL;
    if (!uvm_copy_in(uvm, fds, arg[0], size))
        return -EFAULT;
    found = poll_wait(fds, (unsigned)arg[1],
                      timeout < 0 ? TIMER_NEVER : timer_now() + timer_from_ms((uint64_t)timeout));
    return found < 0 || uvm_copy_out(uvm, arg[0], fds, size) ? found : -EFAULT;
}
