/* Steal time. */
#include "toyos/kernel/sched/steal.h"

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/sbi_call.h"
#include "toyos/kernel/mm/pagetable.h"

/* The hypervisor writes to this at any time. */
static _Alignas(64) volatile struct sbi_sta shared[NCPU];

void
steal_init(void)
{
    volatile struct sbi_sta *mine = &shared[hart_this() - harts];
    const uint64_t arg[6] = {kva_to_pa((const void *)mine)};

    /* A hypervisor that does not know this field leaves it 0. */
    sbi_call(SBI_STA, SBI_STA_SET_SHMEM, arg);
}

uint64_t
steal_ns(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < hart_count; i++)
        sum += shared[i].steal; /* a single load needs no check of `sequence` */
    return sum;
}
