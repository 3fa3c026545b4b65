/* System calls about threads and futexes. */
#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/futex.h"
#include "toyos/kernel/proc.h"
#include "toyos/kernel/syscall.h"
#include "toyos/kernel/timer.h"

int64_t
sys_thread_start(const uint64_t arg[6])
{
    return proc_thread(arg[0], arg[1], arg[2], arg[3]);
}

int64_t
sys_thread_exit(const uint64_t arg[6])
{
    static const uint32_t done = 0;

    /* Nobody is told if there is no such word: that is the program's own business. */
    if (uvm_copy_out(&proc_this()->uvm, arg[0], &done, sizeof(done)))
        futex_wake(arg[0], THREADS);
    proc_thread_exit();
}

int64_t
sys_futex_wait(const uint64_t arg[6])
{
    return futex_wait(arg[0], (uint32_t)arg[1], timer_deadline(arg[2]));
}

int64_t
sys_futex_wake(const uint64_t arg[6])
{
    return futex_wake(arg[0], (unsigned)arg[1]);
}
