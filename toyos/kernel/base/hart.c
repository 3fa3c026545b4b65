/* Harts: the table, interrupting them (SBI 2.0 §7), and fences on them (§8). */
#include "toyos/kernel/base/hart.h"

#include <stddef.h>

#include "toyos/kernel/base/sbi_call.h"
#include "toyos/kernel/base/trap_frame.h"

struct hart harts[NCPU];
unsigned hart_count;

_Static_assert(offsetof(struct hart, stack_top) == HART_STACK_TOP, "entry.S");
_Static_assert(offsetof(struct hart, id) == HART_ID, "entry.S");
_Static_assert(sizeof(struct hart) == HART_SIZE, "entry.S");

void
hart_set_boot(uint64_t id)
{
    harts[0].id = id;
    hart_count = 1;
    for (unsigned i = 0; i < NCPU; i++)
        harts[i].queue.lock = (struct lock)LOCK_INIT("run queue");
    __asm__ volatile("mv tp, %0" ::"r"(&harts[0]));
}

void
hart_interrupt(const struct hart *hart)
{
    const uint64_t arg[6] = {1, hart->id};

    sbi_call(SBI_IPI, SBI_IPI_SEND, arg);
}

void
hart_fence_others(const uint64_t *root)
{
    uint64_t mask = 0;

    /* sched_use_table() has the other half of this pair. */
    atomic_thread_fence(memory_order_seq_cst);
    for (unsigned i = 0; i < hart_count; i++) {
        if (harts[i].root != root || &harts[i] == hart_this())
            continue;
        const uint64_t arg[6] = {1, harts[i].id, 0, UINT64_MAX}; /* all addresses */
        if (harts[i].id < 64)
            mask |= 1UL << harts[i].id;
        else
            sbi_call(SBI_RFENCE, SBI_RFENCE_SFENCE_VMA, arg);
    }
    if (mask) {
        const uint64_t arg[6] = {mask, 0, 0, UINT64_MAX};
        sbi_call(SBI_RFENCE, SBI_RFENCE_SFENCE_VMA, arg);
    }
}
