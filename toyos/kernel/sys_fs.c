/* System calls about names in the file system, and about files that only it has. */
#include <string.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/fcntl.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/console.h"
#include "toyos/kernel/file.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/syscall.h"

/* What is behind a device's major number. */
static const struct file_ops *const devices[] = {
    [DEVICE_CONSOLE] = &console_ops,
};

static int
copy_path(char path[MAXPATH], uint64_t va)
{
    long len = uvm_copy_string(&proc_this()->uvm, path, va, MAXPATH);

    return len < 0 ? (int)len : 0;
}

/* What an inode can be opened as. */
static int
choose_ops(struct inode *inode, uint64_t flags, const struct file_ops **ops, bool *is_dir)
{
    int error = inode_lock(inode);

    if (error)
        return error;
    *ops = &file_inode_ops;
    *is_dir = inode->disk.type == T_DIR;
    if (*is_dir && flags != O_RDONLY)
        error = -EISDIR;
    if (inode->disk.type == T_DEVICE) {
        unsigned major = inode->disk.major;
        *ops = major < sizeof(devices) / sizeof(devices[0]) ? devices[major] : NULL;
        error = *ops ? 0 : -ENXIO;
    }
    inode_unlock(inode);
    return error;
}

/* An open file with a descriptor; the reference to the inode goes to it, if that succeeds. */
static int
open_inode(struct inode *inode, uint64_t flags)
{
    const struct file_ops *ops;
    struct file *file;
    bool is_dir;
    int fd, error = choose_ops(inode, flags, &ops, &is_dir);

    if (!error && flags & O_TRUNC && ops == &file_inode_ops)
        error = fs_truncate(inode, 0);
    if (error)
        return error;
    file = file_alloc(ops, !(flags & O_WRONLY), (flags & (O_WRONLY | O_RDWR)) != 0);
    if (!file)
        return -ENFILE;
    file->is_dir = is_dir;
    file->is_append = (flags & O_APPEND) != 0;
    fd = file_install(file);
    if (fd < 0)
        file_close(file);
    else
        file->inode = inode;
    return fd;
}

int64_t
sys_open(const uint64_t arg[6])
{
    static const struct fs_new new_file = {.type = T_FILE};
    char path[MAXPATH];
    struct inode *inode;
    int fd, error = copy_path(path, arg[0]);

    if (!error)
        error = arg[1] & O_CREATE ? fs_create(proc_this()->cwd, path, &new_file, &inode)
                                  : fs_find(proc_this()->cwd, path, &inode);
    if (error)
        return error;
    fd = open_inode(inode, arg[1]);
    if (fd < 0)
        inode_put(inode);
    return fd;
}

static int
make(uint64_t path_va, const struct fs_new *what)
{
    char path[MAXPATH];
    struct inode *inode;
    int error = copy_path(path, path_va);

    if (!error)
        error = fs_create(proc_this()->cwd, path, what, &inode);
    if (!error)
        inode_put(inode);
    return error;
}

int64_t
sys_mkdir(const uint64_t arg[6])
{
    static const struct fs_new dir = {.type = T_DIR, .is_exclusive = true};

    return make(arg[0], &dir);
}

int64_t
sys_mknod(const uint64_t arg[6])
{
    const struct fs_new device = {T_DEVICE, (uint16_t)arg[1], (uint16_t)arg[2], true};

    return make(arg[0], &device);
}

int64_t
sys_unlink(const uint64_t arg[6])
{
    char path[MAXPATH];
    int error = copy_path(path, arg[0]);

    return error ? error : fs_unlink(proc_this()->cwd, path);
}

/* Two paths, for link and rename. */
static int
with_paths(const uint64_t arg[6], int (*run)(struct inode *, const char *, const char *))
{
    char old[MAXPATH], path[MAXPATH];
    int error = copy_path(old, arg[0]);

    if (!error)
        error = copy_path(path, arg[1]);
    return error ? error : run(proc_this()->cwd, old, path);
}

int64_t
sys_link(const uint64_t arg[6])
{
    return with_paths(arg, fs_link);
}

int64_t
sys_rename(const uint64_t arg[6])
{
    return with_paths(arg, fs_rename);
}

int64_t
sys_chdir(const uint64_t arg[6])
{
    struct proc *proc = proc_this();
    char path[MAXPATH];
    struct inode *inode, *old = proc->cwd;
    struct stat st;
    int error = copy_path(path, arg[0]);

    if (!error)
        error = fs_find(old, path, &inode);
    if (error)
        return error;
    error = file_inode_stat(inode, &st);
    if (!error && st.type != T_DIR)
        error = -ENOTDIR;
    if (!error)
        proc->cwd = inode;
    inode_put(error ? inode : old);
    return error;
}

int64_t
sys_lseek(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);
    int64_t offset = (int64_t)arg[1];
    struct stat st;
    int error;

    if (!file)
        return -EBADF;
    if (file->ops != &file_inode_ops)
        return -ESPIPE;
    error = file_inode_stat(file->inode, &st);
    if (error)
        return error;
    sleep_lock_acquire(&file->lock);
    if (arg[2] == SEEK_CUR)
        offset += (int64_t)file->offset;
    else if (arg[2] == SEEK_END)
        offset += (int64_t)st.size;
    if (arg[2] > SEEK_END || offset < 0 || offset > (int64_t)FS_FILE_SIZE_MAX) {
        offset = -EINVAL;
    } else {
        file->offset = (uint64_t)offset;
        file->may_leave_hole = true;
    }
    sleep_lock_release(&file->lock);
    return offset;
}

int64_t
sys_ftruncate(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file)
        return -EBADF;
    if (!file->is_writable || file->ops != &file_inode_ops || (int64_t)arg[1] < 0)
        return -EINVAL;
    return fs_truncate(file->inode, arg[1]);
}

/* All files share one journal: what one is sure of, all are. */
int64_t
sys_fsync(const uint64_t arg[6])
{
    struct file *file = file_of(arg[0]);

    if (!file)
        return -EBADF;
    return file->ops == &file_inode_ops ? journal_commit() : -EINVAL;
}
