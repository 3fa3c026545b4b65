/* System calls about processes, memory and time. */
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/toyos.h"
#include "toyos/include/kernel/vm.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/file/file.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/fs/journal.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/proc/exec.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/sched.h"
#include "toyos/kernel/sched/wait.h"
#include "toyos/kernel/trap/syscall.h"

#define TICK_MS (1000 / TICKS_HZ)

int64_t
sys_exit(const uint64_t arg[6])
{
    proc_exit((int)arg[0]);
}

int64_t
sys_getpid(const uint64_t arg[6])
{
    (void)arg;
    return proc_this()->pid;
}

int64_t
sys_exec(const uint64_t arg[6])
{
    struct uvm *uvm = &proc_this()->uvm;
    struct exec_args args;
    char path[MAXPATH];
    uint64_t text = 0;
    int64_t result = uvm_copy_string(uvm, path, arg[0], sizeof(path));

    if (result < 0)
        return result;
    if (!exec_args_init(&args))
        return -ENOMEM;
    for (uint64_t va = arg[1];; va += sizeof(text)) {
        result = uvm_copy_in(uvm, &text, va, sizeof(text)) ? 0 : -EFAULT;
        if (result < 0 || !text)
            break;
        result = exec_args_add_user(&args, text);
        if (result < 0)
            break;
    }
    if (result == 0)
        result = exec_program(path, &args);
    if (result == 0)
        result = args.count;
    exec_args_free(&args);
    return result;
}

int64_t
sys_sbrk(const uint64_t arg[6])
{
    int bytes = (int)arg[0], kind = (int)arg[1];
    uint64_t old;

    if (kind != SBRK_EAGER && kind != SBRK_LAZY)
        return -EINVAL;
    if (!uvm_grow(&proc_this()->uvm, bytes, kind == SBRK_LAZY, &old))
        return -ENOMEM;
    return (int64_t)old;
}

/* Whether a file can be mapped in this way from `offset` on. */
static int
check_mapping(const struct file *file, int prot, bool is_shared, uint64_t offset)
{
    if (file->ops != &file_inode_ops || file->is_dir)
        return -ENODEV;
    if (!file->is_readable || (is_shared && prot & PROT_WRITE && !file->is_writable))
        return -EACCES;
    return offset % PAGE_SIZE || offset > FS_FILE_SIZE_MAX ? -EINVAL : 0;
}

int64_t
sys_mmap(const uint64_t arg[6])
{
    const int known = MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK;
    int prot = (int)arg[2], flags = (int)arg[3];
    struct uvm_area request = {
        .is_shared = flags & MAP_SHARED, .has_guard = flags & MAP_STACK, .offset = arg[5]};
    struct file *file;
    int64_t result;

    if (flags & ~known || !(flags & MAP_SHARED) == !(flags & MAP_PRIVATE))
        return -EINVAL;
    if (prot & PROT_READ)
        request.access |= PTE_R;
    if (prot & PROT_WRITE)
        request.access |= PTE_R | PTE_W;
    if (prot & PROT_EXEC)
        request.access |= PTE_R | PTE_X;
    if (flags & MAP_ANONYMOUS) {
        if ((int)arg[4] != -1 || arg[5] != 0)
            return -EINVAL;
        return uvm_map_area(&proc_this()->uvm, arg[1], &request);
    }
    file = file_get(arg[4]);
    if (!file)
        return -EBADF;
    request.inode = file->inode; /* the inode lives as long as the file */
    result = check_mapping(file, prot, request.is_shared, request.offset);
    if (!result)
        result = uvm_map_area(&proc_this()->uvm, arg[1], &request);
    file_put(file);
    return result;
}

int64_t
sys_munmap(const uint64_t arg[6])
{
    return uvm_unmap_area(&proc_this()->uvm, arg[0], arg[1]);
}

int64_t
sys_msync(const uint64_t arg[6])
{
    int flags = (int)arg[2], error;

    if (flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE) || (flags & MS_ASYNC && flags & MS_SYNC))
        return -EINVAL;
    error = uvm_sync_area(&proc_this()->uvm, arg[0], arg[1]);
    if (!error && flags & MS_SYNC)
        error = journal_commit();
    return error;
}

static int64_t
sleep_until(uint64_t deadline)
{
    while (timer_now() < deadline)
        if (!wait_sleep(NULL, NULL, deadline))
            return -EINTR;
    return 0;
}

int64_t
sys_pause(const uint64_t arg[6])
{
    int ticks = (int)arg[0];

    return sleep_until(timer_now() + timer_from_ms(ticks > 0 ? (uint64_t)ticks * TICK_MS : 0));
}

int64_t
sys_nanosleep(const uint64_t arg[6])
{
    return sleep_until(timer_deadline(arg[0]));
}

int64_t
sys_clock(const uint64_t arg[6])
{
    int clock = (int)arg[0];
    uint64_t ns;

    if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)
        return -EINVAL;
    if (clock == CLOCK_REALTIME && !platform->clock_wall)
        return -ENODEV;
    ns = clock == CLOCK_REALTIME ? platform->clock_wall() : timer_uptime_ns();
    return uvm_copy_out(&proc_this()->uvm, arg[1], &ns, sizeof(ns)) ? 0 : -EFAULT;
}

int64_t
sys_uptime(const uint64_t arg[6])
{
    (void)arg;
    return (int64_t)(timer_uptime_ns() / (TICK_MS * 1000000) & 0x7fffffff);
}

int64_t
sys_yield(const uint64_t arg[6])
{
    (void)arg;
    sched_yield();
    return 0;
}

int64_t
sys_sysinfo(const uint64_t arg[6])
{
    struct sysinfo info = {
        .page_size = PAGE_SIZE,
        .pages = page_count_all(),
        .uptime_ns = timer_uptime_ns(),
        .harts = hart_count,
    };
    struct procinfo unused;

    for (unsigned n = 0; n < PROC_TABLE_SIZE; n++)
        info.processes += proc_info(n, &unused);
    info.free_pages = page_count_free();
    return uvm_copy_out(&proc_this()->uvm, arg[0], &info, sizeof(info)) ? 0 : -EFAULT;
}

int64_t
sys_procinfo(const uint64_t arg[6])
{
    struct procinfo info;
    bool is_there;

    if (arg[0] >= PROC_TABLE_SIZE)
        return -EINVAL;
    is_there = proc_info((unsigned)arg[0], &info);
    if (is_there && !uvm_copy_out(&proc_this()->uvm, arg[1], &info, sizeof(info)))
        return -EFAULT;
    return is_there;
}
