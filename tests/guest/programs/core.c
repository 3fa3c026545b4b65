/* Panics with paging on, and with something in each kind of register, for its core file: hart 1 is
 * elsewhere. */
#include "guest.h"

#define ALIAS 0xffffffc000000000 /* the lowest address of Sv39's upper half */

extern char _start[];
static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t last[512] __attribute__((aligned(4096)));
static char text[2][4096] __attribute__((aligned(4096))) = {"the second page", "the first page"};
static volatile uint64_t spins;

/* Entries: a page with all rights, and a table. */
static uint64_t
page(uint64_t gpa)
{
    return gpa >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
}

static uint64_t
table(const uint64_t *entries)
{
    return (uint64_t)entries >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V;
}

void other_spin(void);
__attribute__((noinline)) void
other_spin(void)
{
    for (;;)
        spins++;
}

void
guest_main(uint64_t hart, uint64_t fdt)
{
    static const char why[] = "for the core file";

    (void)fdt;
    if (hart == 1)
        other_spin();
    CHECK(sbi_call(SBI_HSM, SBI_HSM_START, 1, (uint64_t)_start, 0).error == 0);
    while (!spins)
        ;
    root[2] = page(DUET_RAM_BASE); /* 1 GiB, of which most is no RAM */
    root[256] = table(middle);
    middle[0] = table(last);
    last[0] = page((uint64_t)text[1]);
    last[1] = page((uint64_t)text[0]);
    last[3] = page((uint64_t)text[1]);
    csr_write(satp, (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | (uint64_t)root >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" ::: "memory");
    csr_write(sscratch, 0x1234567);
    __asm__ volatile("csrs sstatus, %0\n"
                     ".option push\n .option arch, +f, +d\n"
                     "fmv.d.x fs3, %1\n"
                     "csrwi fcsr, 3\n"
                     ".option pop" ::"r"(SSTATUS_FS_INIT),
                     "r"(0x400c000000000000) /* 3.5 */);
    duet_guest_panic(why, sizeof(why) - 1, 0, 0);
}
