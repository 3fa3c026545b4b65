/* The kernel's page table: RAM, the kernel with its permissions, and stacks. */
#include "toyos/kernel/mm/kernel_map.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/riscv_ops.h"

#define KERNEL_FLAGS (PTE_G | PTE_A | PTE_D) /* hardware may fault instead of setting A and D */

extern char text_start[], rodata_start[], data_start[], kernel_end[]; /* kernel.ld */
extern uint64_t kernel_satp;

pte_t *kernel_map_root;
uint64_t kernel_satp; /* entry.S */

struct range
kernel_map_image(void)
{
    return (struct range){kva_to_pa(text_start), kva_to_pa(kernel_end)};
}

/* Maps a range of physical addresses at KVA_OFFSET, with level 1 pages where they fit. */
static void
map_linear(uint64_t pa, uint64_t end, uint64_t flags)
{
    const uint64_t large = PAGETABLE_SPAN(1);

    while (pa < end) {
        unsigned level = pa % large == 0 && end - pa >= large;
        pte_t *pte = pagetable_make(kernel_map_root, pa + KVA_OFFSET, level);
        if (!pte)
            panic("no memory for the kernel's page table");
        *pte = pte_make(pa, flags | KERNEL_FLAGS);
        pa += PAGETABLE_SPAN(level);
    }
}

void
kernel_map_init(const struct ranges *ram, uint64_t device)
{
    uint64_t text = kva_to_pa(text_start), rodata = kva_to_pa(rodata_start);
    uint64_t data = kva_to_pa(data_start), end = kva_to_pa(kernel_end);

    kernel_map_root = page_alloc();
    if (!kernel_map_root)
        panic("no memory for the kernel's page table");
    for (unsigned i = 0; i < ram->count; i++)
        map_linear(ram->range[i].start, ram->range[i].end, PTE_R | PTE_W);
    map_linear(text, rodata, PTE_R | PTE_X);
    map_linear(rodata, data, PTE_R);
    map_linear(data, end, PTE_R | PTE_W);
    if (device)
        map_linear(device, device + PAGE_SIZE, PTE_R | PTE_W);
    kernel_satp =
        (uint64_t)PAGETABLE_SATP_MODE << SATP_MODE_SHIFT | kva_to_pa(kernel_map_root) >> PAGE_SHIFT;
    pagetable_use(kernel_map_root);
    tlb_flush(); /* also removes the translations of the boot table */
}

uint64_t
kernel_map_stack(void)
{
    static uint64_t next = KSTACK_BASE;
    uint64_t top = next + KSTACK_STRIDE;

    for (uint64_t va = next + KSTACK_STRIDE - KSTACK_SIZE; va < top; va += PAGE_SIZE) {
        void *page = page_alloc();
        pte_t *pte = page ? pagetable_make(kernel_map_root, va, 0) : NULL;
        if (!pte)
            panic("no memory for kernel stacks");
        *pte = pte_make(kva_to_pa(page), PTE_R | PTE_W | KERNEL_FLAGS);
    }
    next = top;
    return top;
}
