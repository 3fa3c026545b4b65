/* Steal time. */
#include "toyos/kernel/sched/steal.h"

#include "toyos/kernel/base/hart.h"
#include "toyos/kernel/base/sbi_call.h"
#include "toyos/kernel/mm/pagetable.h"

/* Written by the hypervisor, at any time. */
static _Alignas(64) volatile struct sbi_sta shared[NCPU];

void
steal_init(void)
{
    volatile struct sbi_sta *mine = &shared[hart_this() - harts];
    const uint64_t arg[6] = {kva_to_pa((const void *)mine)};

    sbi_call(SBI_STA, SBI_STA_SET_SHMEM, arg); /* whoever does not know it leaves it 0 */
}

uint64_t
steal_ns(void)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < hart_count; i++)
        sum += shared[i].steal; /* one load: `sequence` is for more than that */
    return sum;
}
