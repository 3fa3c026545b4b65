/*
 * toyos's system calls on names and files, with any arguments: paths are read from where they are
 * said to be, and nothing is done unless they are there; all that is held meanwhile is let go. What
 * is done with a path: not here.
 */
#include "tests/prove/user.h"

#include "toyos/kernel/trap/sys_fs.c"

/* with: */

const struct file_ops file_inode_ops, console_ops;

static const struct file_ops pipe_ops;
static uint64_t arg[6];
static const char *path[2];
static unsigned paths, runs, cwd_references, found_references, file_references;
static struct inode cwd, found;
static struct file file;
static bool is_locked;

/* --- What the calls use ----------------------------------------------------------------------- */

long
uvm_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size)
{
    prove_check(uvm == &process.uvm && paths < 2 && from == arg[paths], "the next path");
    kernel_check(to, size);
    if (!prove_bool("it can be read"))
        return prove_bool("it is too long") ? -ENAMETOOLONG : -EFAULT;
    path[paths++] = to;
    return (long)prove_below("length", size);
}

struct inode *
proc_get_cwd(void)
{
    cwd_references++;
    return &cwd;
}

void
proc_set_cwd(struct inode *dir)
{
    prove_check(dir == &found && found_references > 0 && dir->disk.type == T_DIR,
                "a directory that is held");
    found_references--;
}

struct inode *
inode_hold(struct inode *inode)
{
    prove_check(inode == &found && found_references > 0 && !file.inode, "a file that is held");
    found_references++;
    return inode;
}

void
inode_put(struct inode *inode)
{
    unsigned *references = inode == &cwd ? &cwd_references : &found_references;

    prove_check((inode == &cwd || inode == &found) && *references > 0 && !is_locked,
                "an inode that is held");
    --*references;
}

int
inode_lock(struct inode *inode)
{
    prove_check(inode == &found && found_references > 0 && !is_locked, "an inode that is free");
    if (prove_bool("it cannot be read"))
        return -EIO;
    is_locked = true;
    return 0;
}

void
sleep_lock_acquire(struct sleep_lock *lock)
{
    prove_check(lock == &file.lock && file_references > 0, "the file's lock");
    file.offset = prove_below("offset of the file", FS_FILE_SIZE_MAX + 1);
}

void
sleep_lock_release(struct sleep_lock *lock)
{
    prove_check(lock == &file.lock || (lock == &found.lock && is_locked), "a lock that is held");
    if (lock == &found.lock)
        is_locked = false;
}

/* One of the calls of fs.h, with as many paths. */
static int
run(struct inode *from, unsigned count)
{
    prove_check(from == &cwd && cwd_references == 1, "from the working directory");
    prove_check(paths == count, "all paths that it takes were read");
    runs++;
    return prove_bool("it can be done") ? 0 : -ENOENT;
}

static int
run_to_find(struct inode *from, const char *of, struct inode **out)
{
    int error = run(from, 1);

    prove_check(of == path[0], "the path that was read");
    if (!error) {
        found_references++;
        *out = &found;
    }
    return error;
}

int
fs_find(struct inode *from, const char *of, struct inode **out)
{
    return run_to_find(from, of, out);
}

int
fs_create(struct inode *from, const char *of, const struct fs_new *request, struct inode **out)
{
    prove_check(request->type == T_FILE || request->is_exclusive, "only a file may be there");
    return run_to_find(from, of, out);
}

int
fs_unlink(struct inode *from, const char *of)
{
    prove_check(of == path[0], "the path that was read");
    return run(from, 1);
}

int
fs_link(struct inode *from, const char *old, const char *name)
{
    prove_check(old == path[0] && name == path[1], "the paths that were read, in order");
    return run(from, 2);
}

int
fs_rename(struct inode *from, const char *old, const char *name)
{
    return fs_link(from, old, name);
}

int
fs_truncate(struct inode *inode, uint64_t size)
{
    prove_check(inode == &found && !is_locked && (int64_t)size >= 0, "a file, and no wrapped size");
    return prove_bool("the disk fails") ? -EIO : 0;
}

int
file_inode_stat(struct inode *inode, struct stat *st)
{
    prove_check(inode == &found && !is_locked, "an inode that is free");
    if (prove_bool("it cannot be read"))
        return -EIO;
    *st = (struct stat){.type = (short)inode->disk.type,
                        .size = prove_below("size of the file", FS_FILE_SIZE_MAX + 1)};
    return 0;
}

struct file *
file_alloc(const struct file_ops *ops, bool is_readable, bool is_writable)
{
    prove_check(ops == &file_inode_ops || ops == &console_ops, "what there are functions for");
    prove_check(found.disk.type != T_DIR || !is_writable, "a directory is not written to");
    if (!prove_bool("there is a place"))
        return NULL;
    file = (struct file){.ops = ops, .is_readable = is_readable, .is_writable = is_writable};
    file_references++;
    return &file;
}

int
file_install(struct file *of)
{
    prove_check(of == &file && file_references == 1 && file.inode == &found, "an open file");
    return prove_bool("there is a descriptor") ? (int)prove_below("descriptor", NOFILE) : -EMFILE;
}

/* The last reference of a file lets go of its inode, too: a descriptor has none here. */
void
file_put(struct file *of)
{
    prove_check(of == &file && file_references > 0, "a file that is held");
    file_references--;
    if (file.inode && found_references > 0)
        found_references--;
}

struct file *
file_get(uint64_t fd)
{
    prove_check(fd == arg[0], "the descriptor");
    if (!prove_bool("the file is open"))
        return NULL;
    file.ops = prove_bool("it has a name") ? &file_inode_ops : &pipe_ops;
    file.inode = file.ops == &file_inode_ops ? &found : NULL;
    file.is_writable = prove_bool("it can be written");
    file_references++;
    return &file;
}

/* --- The calls -------------------------------------------------------------------------------- */

static void
any_call(void)
{
    prove_fill("arguments", arg, sizeof(arg));
    found.disk.type = (uint16_t)prove_below("type", T_DEVICE + 1);
    found.disk.major = (uint16_t)prove_below("major", 1 << 16);
}

static void
check_call(int64_t result)
{
    prove_check(cwd_references == 0 && found_references == 0 && file_references == 0 && !is_locked,
                "all is let go");
    prove_check(result < 0 || runs == 1, "done, or why not");
}

PROVE(sys_open, 2, QUICK)
{
    any_call();
    check_call(sys_open(arg));
}

PROVE(sys_paths, 2, QUICK)
{
    static int64_t (*const calls[])(const uint64_t[6]) = {sys_mkdir, sys_mknod, sys_unlink,
                                                          sys_link, sys_rename};

    any_call();
    check_call(calls[prove_below("which call", sizeof(calls) / sizeof(calls[0]))](arg));
}

PROVE(sys_chdir, 2, QUICK)
{
    any_call();
    check_call(sys_chdir(arg));
}

PROVE(sys_lseek, 2, QUICK)
{
    int64_t result;

    any_call();
    result = sys_lseek(arg);
    prove_check(file_references == 0, "the file is let go");
    prove_check(result < 0 || ((uint64_t)result <= FS_FILE_SIZE_MAX &&
                               file.offset == (uint64_t)result && file.may_leave_hole),
                "an offset that a file may have, or why not");
}

PROVE(sys_ftruncate, 2, QUICK)
{
    int64_t result;

    any_call();
    result = sys_ftruncate(arg);
    prove_check(file_references == 0, "the file is let go");
    prove_check(result < 0 || file.is_writable, "only of what can be written");
}
