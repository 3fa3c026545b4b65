/* System calls on names in the file system, and those for its files alone. */
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/fcntl.h"
#include "toyos/include/kernel/stat.h"
#include "toyos/kernel/file/console.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/trap/syscall.h"
#include "toyos/kernel/uvm/file_map.h"

/* What a device's major number stands for. */
static const struct file_ops *const devices[] = {
    [DEVICE_CONSOLE] = &console_ops,
};

static int
copy_path(char path[MAXPATH], uint64_t va)
{
    long len = uvm_copy_string(&proc_this()->uvm, path, va, MAXPATH);

    return len < 0 ? (int)len : 0;
}

/* Chooses what an inode is opened as: a file, a directory or a device. */
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

/* Gives an open file a descriptor. */
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
    file->inode = inode_hold(inode);
    fd = file_install(file);
    file_put(file);
    return fd;
}

int64_t
sys_open(const uint64_t arg[6])
{
    static const struct fs_new new_file = {.type = T_FILE};
    char path[MAXPATH];
    struct inode *cwd, *inode;
    int fd, error = copy_path(path, arg[0]);

    if (error)
        return error;
    cwd = proc_get_cwd();
    error =
        arg[1] & O_CREATE ? fs_create(cwd, path, &new_file, &inode) : fs_find(cwd, path, &inode);
    inode_put(cwd);
    if (error)
        return error;
    fd = open_inode(inode, arg[1]);
    inode_put(inode);
    return fd;
}

static int
make(uint64_t path_va, const struct fs_new *request)
{
    char path[MAXPATH];
    struct inode *cwd, *inode;
    int error = copy_path(path, path_va);

    if (error)
        return error;
    cwd = proc_get_cwd();
    error = fs_create(cwd, path, request, &inode);
    inode_put(cwd);
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
    struct inode *cwd;
    int error = copy_path(path, arg[0]);

    if (error)
        return error;
    cwd = proc_get_cwd();
    error = fs_unlink(cwd, path);
    inode_put(cwd);
    return error;
}

/* The two paths of link and rename. */
static int
with_paths(const uint64_t arg[6], int (*run)(struct inode *, const char *, const char *))
{
    char old[MAXPATH], path[MAXPATH];
    struct inode *cwd;
    int error = copy_path(old, arg[0]);

    if (!error)
        error = copy_path(path, arg[1]);
    if (error)
        return error;
    cwd = proc_get_cwd();
    error = run(cwd, old, path);
    inode_put(cwd);
    return error;
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
    char path[MAXPATH];
    struct inode *cwd, *inode;
    struct stat st;
    int error = copy_path(path, arg[0]);

    if (error)
        return error;
    cwd = proc_get_cwd();
    error = fs_find(cwd, path, &inode);
    inode_put(cwd);
    if (error)
        return error;
    error = file_inode_stat(inode, &st);
    if (!error && st.type != T_DIR)
        error = -ENOTDIR;
    if (error)
        inode_put(inode);
    else
        proc_set_cwd(inode);
    return error;
}

/* Finds a file of the file system by its descriptor, with a reference. Returns 0, -EBADF, or
 * `other` if the descriptor is for something else. */
static int
get_inode_file(uint64_t fd, int other, struct file **out)
{
    struct file *file = file_get(fd);

    if (!file)
        return -EBADF;
    *out = file;
    if (file->ops == &file_inode_ops)
        return 0;
    file_put(file);
    return other;
}

/* Sets the offset. Returns the new one, or -errno. */
static int64_t
seek(struct file *file, int64_t offset, uint64_t whence)
{
    struct stat st;
    int64_t from = 0;
    int error = file_inode_stat(file->inode, &st);

    if (error)
        return error;
    sleep_lock_acquire(&file->lock);
    if (whence == SEEK_CUR)
        from = (int64_t)file->offset;
    else if (whence == SEEK_END)
        from = (int64_t)st.size;
    if (whence > SEEK_END || offset < -from || offset > (int64_t)FS_FILE_SIZE_MAX - from) {
        offset = -EINVAL; /* it is not added before, for the sum may overflow */
    } else {
        offset += from;
        file->offset = (uint64_t)offset;
        file->may_leave_hole = true;
    }
    sleep_lock_release(&file->lock);
    return offset;
}

int64_t
sys_lseek(const uint64_t arg[6])
{
    struct file *file;
    int64_t result = get_inode_file(arg[0], -ESPIPE, &file);

    if (result == 0) {
        result = seek(file, (int64_t)arg[1], arg[2]);
        file_put(file);
    }
    return result;
}

int64_t
sys_ftruncate(const uint64_t arg[6])
{
    struct file *file;
    int error = get_inode_file(arg[0], -EINVAL, &file);

    if (error)
        return error;
    error = file->is_writable && (int64_t)arg[1] >= 0 ? fs_truncate(file->inode, arg[1]) : -EINVAL;
    file_put(file);
    return error;
}

/* All files share one journal: a commit makes all of them safe. */
int64_t
sys_fsync(const uint64_t arg[6])
{
    struct file *file;
    int error = get_inode_file(arg[0], -EINVAL, &file);

    if (error)
        return error;
    error = file_map_sync(file->inode, 0, FS_FILE_SIZE_MAX);
    if (!error)
        error = journal_commit();
    file_put(file);
    return error;
}
