/* System calls: from the number to the function. */
#include "toyos/kernel/trap/syscall.h"

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/sched/sched.h"

#define SYSCALL_ENTRY_(nr, name) [nr] = sys_##name,
static int64_t (*const table[])(const uint64_t arg[6]) = {SYSCALLS(SYSCALL_ENTRY_)};

#define ECALL_SIZE 4 /* the length of ecall in bytes */

void
syscall_run(struct trap_frame *frame)
{
    uint64_t nr = frame->x[X_A7];

    frame->pc += ECALL_SIZE;
    if (nr >= sizeof(table) / sizeof(table[0]) || !table[nr]) {
        log_info("%s: pid %d: unknown system call %lu", proc_this()->name, proc_this()->pid, nr);
        frame->x[X_A0] = (uint64_t)-ENOSYS;
    } else {
        frame->x[X_A0] = (uint64_t)table[nr](&frame->x[X_A0]);
    }
    lock_check_none();
    proc_end_if_killed();
    sched_leave();
}
