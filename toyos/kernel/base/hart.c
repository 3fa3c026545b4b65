/* Harts: starting them (SBI 2.0 §9) and interrupting them (§7). */
#include "toyos/kernel/base/hart.h"

#include <stddef.h>

#include "abi/guest.h"
#include "toyos/kernel/base/log.h"
#include "toyos/kernel/base/trap_frame.h"
#include "toyos/kernel/mm/pagetable.h"
#include "toyos/kernel/riscv_ops.h"
#include "toyos/kernel/sched/sched.h"
#include "toyos/kernel/sched/steal.h"

struct hart harts[HART_MAX];
unsigned hart_count;

_Static_assert(offsetof(struct hart, stack_top) == HART_STACK_TOP, "entry.S");
_Static_assert(offsetof(struct hart, id) == HART_ID, "entry.S");
_Static_assert(sizeof(struct hart) == HART_SIZE, "entry.S");

extern char hart_entry[];

void
hart_set_boot(uint64_t id)
{
    harts[0].id = id;
    hart_count = 1;
    for (unsigned i = 0; i < HART_MAX; i++)
        harts[i].queue.lock = (struct lock)LOCK_INIT("run queue");
    __asm__ volatile("mv tp, %0" ::"r"(&harts[0]));
}

void
hart_start_others(const struct machine *machine)
{
    uint64_t boot_id = harts[0].id;

    for (unsigned i = 0; i < machine->hart_count; i++) {
        if (machine->hart_id[i] == boot_id || hart_count == HART_MAX)
            continue;
        struct hart *hart = &harts[hart_count];
        hart->id = machine->hart_id[i];
        hart->stack_top = kstack_make();
        hart_count++;
        const uint64_t arg[6] = {hart->id, kva_to_pa(hart_entry), (uint64_t)hart};
        struct duet_ret ret = duet_ecall(SBI_HSM, SBI_HSM_START, arg);
        if (ret.error)
            log_error("hart %lu does not start: error %ld", hart->id, ret.error);
    }
}

void
hart_interrupt(const struct hart *hart)
{
    const uint64_t arg[6] = {1, hart->id};

    duet_ecall(SBI_IPI, SBI_IPI_SEND, arg);
}

void
hart_fence_others(const uint64_t *root)
{
    uint64_t mask = 0;

    atomic_thread_fence(memory_order_seq_cst); /* sched_use_table has the other one */
    for (unsigned i = 0; i < hart_count; i++) {
        if (harts[i].root != root || &harts[i] == hart_this())
            continue;
        const uint64_t arg[6] = {1, harts[i].id, 0, UINT64_MAX}; /* all addresses */
        if (harts[i].id < 64)
            mask |= 1UL << harts[i].id;
        else
            duet_ecall(SBI_RFENCE, SBI_RFENCE_SFENCE_VMA, arg);
    }
    if (mask) {
        const uint64_t arg[6] = {mask, 0, 0, UINT64_MAX};
        duet_ecall(SBI_RFENCE, SBI_RFENCE_SFENCE_VMA, arg);
    }
}

_Noreturn void
hart_main(void)
{
    struct hart *self = hart_this();

    csr_write(scounteren, 2); /* TM: user mode may read the time (Privileged 1.12 §4.1.5) */
    csr_clear(sstatus, SSTATUS_FS | SSTATUS_SUM);
    csr_write(sie, 1 << IRQ_S_SOFT | 1 << IRQ_S_TIMER | 1 << IRQ_S_EXT);
    steal_init();
    self->is_running = true;
    log_info("hart %lu runs", self->id);
    sched_loop();
}
