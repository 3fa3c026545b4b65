/*
 * toyos's system calls on open files, with any arguments: what a file's own functions are asked
 * for, that fstat tells all to where it was asked to, and that the file is let go. What they do
 * with it is proved of each kind: pipe.c, file_inode.c.
 */
#include "tests/prove/user.h"

#include "toyos/kernel/trap/sys_file.c"

/* with: */

static struct file file;
static uint64_t arg[6];
static int result;
static unsigned references, runs;

struct file *
file_get(uint64_t fd)
{
    prove_check(fd == arg[0] && references == 0, "the descriptor");
    if (!prove_bool("the file is open"))
        return NULL;
    references++;
    return &file;
}

void
file_put(struct file *put)
{
    prove_check(put == &file && references > 0, "a file that is held");
    references--;
}

/* A negative result is an error, others are as many bytes. */
static int
any_run(struct file *of, uint64_t va, int len)
{
    prove_check(of == &file && references == 1, "a file that is held");
    prove_check(va == arg[1], "the address, whole");
    prove_check(len >= 0 && (uint32_t)len == (uint32_t)arg[2], "a length that is not negative");
    runs++;
    return result;
}

static const struct file_ops any_ops = {.read = any_run, .write = any_run}, no_ops;

static void
any_call(void)
{
    prove_fill("arguments", arg, sizeof(arg));
    result = (int)prove_u32("what comes of it");
    file.is_readable = prove_bool("it can be read");
    file.is_writable = prove_bool("it can be written");
    file.ops = prove_bool("it has the function") ? &any_ops : &no_ops;
}

static void
check_call(int64_t n, bool is_allowed)
{
    prove_check(references == 0, "the file is let go");
    prove_check(runs == 0 || (is_allowed && n == result), "it is run only if that is allowed");
    prove_check(runs == 1 || n == -EBADF || n == -EINVAL, "or why not");
}

PROVE(sys_read, 2, QUICK)
{
    any_call();
    check_call(sys_read(arg), file.is_readable);
}

PROVE(sys_write, 2, QUICK)
{
    any_call();
    check_call(sys_write(arg), file.is_writable);
}

int
file_inode_stat(struct inode *inode, struct stat *st)
{
    prove_check(inode == file.inode && references == 1, "the inode of a file that is held");
    kernel_check(st, sizeof(*st));
    return prove_bool("it cannot be read") ? -EIO : 0;
}

static void
any_stat(struct file *of, struct stat *st)
{
    prove_check(of == &file && references == 1, "a file that is held");
    kernel_check(st, sizeof(*st));
}

PROVE(sys_fstat, 2, QUICK)
{
    static const struct file_ops stat_ops = {.stat = any_stat};
    static char inode; /* is not looked at */
    int64_t error;

    any_call();
    if (prove_bool("it has functions"))
        file.ops = &stat_ops;
    if (prove_bool("it has a name"))
        file.inode = (struct inode *)&inode;
    user.va = arg[1];
    user.len = sizeof(struct stat);
    error = sys_fstat(arg);
    prove_check(references == 0, "the file is let go");
    prove_check(error <= 0 && user.done == (error ? 0 : user.len), "all of it, or an error");
}
