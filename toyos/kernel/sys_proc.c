/* System calls about processes, memory and time. */
#include "toyos/include/kernel/errno.h"
#include "toyos/include/kernel/vm.h"
#include "toyos/kernel/exec.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/syscall.h"
#include "toyos/kernel/timer.h"

#define SBRK_MAX (USER_TOP - 2 * PAGE_SIZE) /* xv6's TRAMPOLINE and TRAPFRAME end the heap */

int64_t
sys_fork(const uint64_t arg[6])
{
    (void)arg;
    return proc_fork();
}

int64_t
sys_exit(const uint64_t arg[6])
{
    proc_exit((int)arg[0]);
}

int64_t
sys_wait(const uint64_t arg[6])
{
    return proc_wait(arg[0]);
}

int64_t
sys_kill(const uint64_t arg[6])
{
    return proc_kill((int)arg[0]);
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
    const struct uvm *uvm = &proc_this()->uvm;
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
    struct uvm *uvm = &proc_this()->uvm;
    int bytes = (int)arg[0], kind = (int)arg[1];
    uint64_t old = uvm->size, size = old + (uint64_t)(int64_t)bytes;

    if (kind != SBRK_EAGER && kind != SBRK_LAZY)
        return -EINVAL;
    if (bytes < 0 && size > old) /* below 0: as in xv6, nothing happens */
        return (int64_t)old;
    if (size > SBRK_MAX || !uvm_resize(uvm, size))
        return -ENOMEM;
    kvm_activate(uvm->root); /* forget the pages that went, and that there were none */
    return (int64_t)old;
}

int64_t
sys_pause(const uint64_t arg[6])
{
    static struct wait_queue pausing;
    int ticks = (int)arg[0];
    uint64_t deadline = timer_now() + timer_from_ticks(ticks > 0 ? (uint64_t)ticks : 0);

    while (timer_now() < deadline)
        if (!sched_sleep(&pausing, NULL, deadline))
            return -EINTR;
    return 0;
}

int64_t
sys_uptime(const uint64_t arg[6])
{
    (void)arg;
    return (int64_t)(timer_uptime_ticks() & 0x7fffffff);
}
