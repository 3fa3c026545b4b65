/* System calls about the machine and the platform, which xv6 does not have. */
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/toyos.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/base/platform.h"
#include "toyos/kernel/base/timer.h"
#include "toyos/kernel/dev/hypercall.h"
#include "toyos/kernel/fs/fs.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/steal.h"
#include "toyos/kernel/trap/syscall.h"

#define NULL_CALLS_MAX 10000 /* this hart takes no interrupts meanwhile */

int64_t
sys_poweroff(const uint64_t arg[6])
{
    /* After a request to shut down, init has seen its shell being killed. That is no failure. */
    int status = proc_is_shut_down() ? 0 : (int)arg[0];

    fs_sync(); /* an error has been logged, and no caller is left to tell */
    platform->power_off(status >= 0 && status <= DUET_STATUS_MAX ? status : DUET_STATUS_MAX);
}

int64_t
sys_clock_wall(const uint64_t arg[6])
{
    return sys_clock((const uint64_t[6]){CLOCK_REALTIME, arg[0]});
}

int64_t
sys_getrandom(const uint64_t arg[6])
{
    int len = (int)arg[1];
    int done = 0;

    if (!platform->entropy)
        return -ENODEV;
    if (len < 0)
        return -EINVAL;
    while (done < len) {
        uint64_t va = arg[0] + (uint64_t)done;
        void *kva = uvm_pin(&proc_this()->uvm, va, PTE_W);
        bool ok;
        int piece = PAGE_SIZE - (int)(va % PAGE_SIZE);
        if (piece > len - done)
            piece = len - done;
        if (!kva)
            return -EFAULT;
        ok = platform->entropy(kva, (size_t)piece);
        uvm_unpin(kva);
        if (!ok)
            return -EIO;
        done += piece;
    }
    return done;
}

int64_t
sys_hyperinfo(const uint64_t arg[6])
{
    const struct duet_info *info = platform->info;
    struct hyperinfo out;
    uint64_t size;

    if (!info)
        return -ENODEV;
    size = platform->console_size();
    out = (struct hyperinfo){
        .abi_version = info->abi_version,
        .calls = info->calls,
        .features = info->features,
        .steal_ns = steal_ns(),
        .columns = (uint)(size >> 16),
        .rows = (uint)(size & 0xffff),
    };
    return uvm_copy_out(&proc_this()->uvm, arg[0], &out, sizeof(out)) ? 0 : -EFAULT;
}

int64_t
sys_hypernull(const uint64_t arg[6])
{
    int count = (int)arg[0];
    uint64_t start = timer_now();

    if (!platform->info)
        return -ENODEV;
    if (count < 0 || count > NULL_CALLS_MAX)
        return -EINVAL;
    while (count-- > 0)
        duet_null();
    return (int64_t)timer_to_ns(timer_now() - start);
}

int64_t
sys_hypercount(const uint64_t arg[6])
{
    static struct lock lock = LOCK_INIT("call stats");
    static struct duet_call_stats stats; /* guarded by lock; a stack is not in the linear map */
    struct hypercount out;
    struct duet_ret ret;

    if (!platform->info)
        return -ENODEV;
    if ((unsigned)arg[0] >= platform->info->calls)
        return -EINVAL;
    lock_acquire(&lock);
    ret = duet_call_stats((unsigned)arg[0], &stats, sizeof(stats));
    out = (struct hypercount){stats.count, stats.errors, stats.bytes};
    lock_release(&lock);
    if (ret.error || ret.value != sizeof(stats)) /* the hypervisor does not say */
        return -ENOSYS;
    return uvm_copy_out(&proc_this()->uvm, arg[1], &out, sizeof(out)) ? 0 : -EFAULT;
}

int64_t
sys_vmfork(const uint64_t arg[6])
{
    struct duet_ret ret;

    if (!platform->info)
        return -ENODEV;
    ret = duet_fork((unsigned)arg[0]);
    switch (ret.error) {
    case 0:
        return (int64_t)ret.value;
    case SBI_ERR_NOT_SUPPORTED:
        return -EPERM;
    case SBI_ERR_INVALID_PARAM:
        return -EINVAL;
    case SBI_ERR_DENIED:
        return -EAGAIN;
    default:
        return -EIO;
    }
}

int64_t
sys_kpanic(const uint64_t arg[6])
{
    char text[128];

    if (uvm_copy_string(&proc_this()->uvm, text, arg[0], sizeof(text)) < 0)
        return -EFAULT;
    panic("%s", text);
}
