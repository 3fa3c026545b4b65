/* Switching of the floating-point registers (Privileged 1.12 §3.1.6.6). */
#include "toyos/kernel/sched/fpu.h"

#include "common/riscv.h"
#include "toyos/kernel/sched/thread.h"

/* fpu.S */
void fpu_save(struct fpu_state *state);
void fpu_load(const struct fpu_state *state);

static const struct fpu_state zeros;

static void
mark_clean(struct thread *thread)
{
    thread->frame->status = (thread->frame->status & ~(uint64_t)SSTATUS_FS) | SSTATUS_FS_CLEAN;
}

void
fpu_enter(struct thread *thread)
{
    struct hart *self = hart_this();
    struct fpu *fpu = &thread->fpu;
    const struct fpu_state *state = fpu->is_used ? &fpu->state : &zeros;

    if (self->fpu != state || (fpu->is_used && fpu->hart != self)) {
        fpu_load(state);
        self->fpu = state;
        fpu->hart = self;
    }
    mark_clean(thread);
}

void
fpu_leave(struct thread *thread)
{
    if ((thread->frame->status & SSTATUS_FS) != SSTATUS_FS_DIRTY)
        return;
    fpu_save(&thread->fpu.state);
    thread->fpu.is_used = true;
    thread->fpu.hart = hart_this();
    hart_this()->fpu = &thread->fpu.state;
    mark_clean(thread);
}

void
fpu_drop(struct thread *thread)
{
    if ((thread->frame->status & SSTATUS_FS) == SSTATUS_FS_DIRTY)
        hart_this()->fpu = NULL; /* the registers no longer hold what was loaded */
    thread->fpu.is_used = false;
}
