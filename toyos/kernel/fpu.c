/* Switching of the floating-point registers (Privileged 1.12 §3.1.6.6). */
#include "toyos/kernel/fpu.h"

#include "common/riscv.h"
#include "toyos/kernel/proc.h"

/* fpu.S */
void fpu_save(struct fpu_state *state);
void fpu_load(const struct fpu_state *state);

static void
mark_clean(struct proc *proc)
{
    proc->frame->status = (proc->frame->status & ~(uint64_t)SSTATUS_FS) | SSTATUS_FS_CLEAN;
}

void
fpu_enter(struct proc *proc)
{
    fpu_load(&proc->fpu);
    mark_clean(proc);
}

void
fpu_leave(struct proc *proc)
{
    if ((proc->frame->status & SSTATUS_FS) == SSTATUS_FS_DIRTY)
        fpu_save(&proc->fpu);
    mark_clean(proc);
}
