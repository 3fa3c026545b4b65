/* Traps: finds out their kind and calls their handler. */
#include "toyos/kernel/trap/trap.h"

#include <stddef.h>

#include "toyos/include/kernel/errno.h"
#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/dev/event.h"
#include "toyos/kernel/proc/proc.h"
#include "toyos/kernel/riscv_ops.h"
#include "toyos/kernel/sched/sched.h"
#include "toyos/kernel/sched/wait.h"

_Static_assert(offsetof(struct trap_frame, pc) == TF_PC, "trap_entry.S");
_Static_assert(offsetof(struct trap_frame, status) == TF_STATUS, "trap_entry.S");
_Static_assert(offsetof(struct trap_frame, cause) == TF_CAUSE, "trap_entry.S");
_Static_assert(offsetof(struct trap_frame, value) == TF_VALUE, "trap_entry.S");
_Static_assert(offsetof(struct trap_frame, hart) == TF_HART, "trap_entry.S");
_Static_assert(offsetof(struct trap_frame, frame_fp) == TF_FP, "trap_entry.S");
_Static_assert(offsetof(struct trap_frame, frame_ra) == TF_RA, "trap_entry.S");
_Static_assert(sizeof(struct trap_frame) == TF_SIZE && TF_SIZE % 16 == 0, "trap_entry.S");

static void
handle_interrupt(uint64_t irq)
{
    switch (irq) {
    case IRQ_S_SOFT: /* another hart woke this one to look at the run queue, or to stop */
        csr_clear(sip, 1 << IRQ_S_SOFT);
        panic_check();
        sched_interrupt();
        break;
    case IRQ_S_TIMER:
        sched_timer(wait_wake_due());
        break;
    case IRQ_S_EXT:
        event_interrupt();
        break;
    default:
        panic("interrupt %lu was never turned on", irq);
    }
}

void
trap_poll_interrupts(void)
{
    uint64_t cause = interrupt_take();

    if (cause)
        handle_interrupt(cause & ~SCAUSE_INTERRUPT);
}

static void
handle_exception(struct trap_frame *frame)
{
    static const uint64_t wanted[] = {
        [CAUSE_FETCH_PAGE_FAULT] = PTE_X,
        [CAUSE_LOAD_PAGE_FAULT] = PTE_R,
        [CAUSE_STORE_PAGE_FAULT] = PTE_W,
    };
    uint64_t access = frame->cause <= CAUSE_STORE_PAGE_FAULT ? wanted[frame->cause] : 0;
    int error = -EFAULT;

    if (access)
        error = uvm_fault(&proc_this()->uvm, frame->value, access);
    if (error)
        proc_fault(frame, error == -ENOMEM ? "out of memory"
                          : error == -EIO  ? "the file cannot be read"
                                           : NULL);
}

void
trap_from_user(struct trap_frame *frame)
{
    if (frame->cause & SCAUSE_INTERRUPT)
        handle_interrupt(frame->cause & ~SCAUSE_INTERRUPT);
    else
        handle_exception(frame);
    proc_end_if_killed();
    sched_leave();
}

_Noreturn void
trap_from_kernel(struct trap_frame *frame)
{
    panic_trap(frame);
}
