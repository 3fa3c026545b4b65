/* Panics with page tables that have more areas than a core file can: each entry leads to the same
 * table, and that to pages in falling order. */
#include "guest.h"

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t last[512] __attribute__((aligned(4096)));

static uint64_t
entry(uint64_t gpa, uint64_t flags)
{
    return gpa >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V | flags;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    const uint64_t page = PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;

    (void)hart, (void)fdt;
    for (unsigned i = 0; i < 512; i++) {
        root[i] = entry((uint64_t)middle, 0);
        middle[i] = entry((uint64_t)last, 0);
        last[i] = entry(DUET_RAM_BASE + (511 - i) * PAGE_SIZE, page);
    }
    root[2] = entry(DUET_RAM_BASE, page);
    csr_write(satp, (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | (uint64_t)root >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" ::: "memory");
    duet_guest_panic("tables", 6, 0, 0);
}
