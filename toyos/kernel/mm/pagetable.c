/* The kernel's page table (Sv39, Privileged 1.12 §4.4): RAM and the kernel by permission. */
#include "toyos/kernel/mm/pagetable.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/riscv_ops.h"

#define KERNEL_FLAGS (PTE_G | PTE_A | PTE_D) /* hardware may fault instead of setting A and D */
#define MEGAPAGE     0x200000

extern char text_start[], rodata_start[], data_start[], kernel_end[];
extern uint64_t kernel_satp;

pte_t *kvm_root;
uint64_t kernel_satp; /* entry.S */

uint64_t
kva_to_pa(const void *kva)
{
    uint64_t va = (uint64_t)kva;

    if (va < KVA_OFFSET || va >= KSTACK_BASE)
        panic("kva_to_pa: %p is not in the linear map", kva);
    return va - KVA_OFFSET;
}

struct range
kvm_image(void)
{
    return (struct range){kva_to_pa(text_start), kva_to_pa(kernel_end)};
}

pte_t *
kvm_entry(pte_t *root, uint64_t va, unsigned level, int make)
{
    pte_t *table = root;

    for (unsigned at = 2;; at--) {
        pte_t *pte = &table[va >> (PAGE_SHIFT + 9 * at) & 511];
        if (at == level)
            return pte;
        if (!(*pte & PTE_V)) {
            void *page = make ? page_alloc() : NULL;
            if (!page)
                return NULL;
            *pte = pte_make(kva_to_pa(page), 0);
        }
        table = pa_to_kva(pte_to_pa(*pte));
    }
}

/* Map a range of physical addresses at KVA_OFFSET, in large pages where they fit. */
static void
map_linear(uint64_t pa, uint64_t end, uint64_t flags)
{
    while (pa < end) {
        unsigned level = pa % MEGAPAGE == 0 && end - pa >= MEGAPAGE;
        pte_t *pte = kvm_entry(kvm_root, pa + KVA_OFFSET, level, 1);
        if (!pte)
            panic("no memory for the kernel's page table");
        *pte = pte_make(pa, flags | KERNEL_FLAGS);
        pa += level ? MEGAPAGE : PAGE_SIZE;
    }
}

void
kvm_init(const struct ranges *ram, uint64_t device)
{
    uint64_t text = kva_to_pa(text_start), rodata = kva_to_pa(rodata_start);
    uint64_t data = kva_to_pa(data_start), end = kva_to_pa(kernel_end);

    kvm_root = page_alloc();
    if (!kvm_root)
        panic("no memory for the kernel's page table");
    for (unsigned i = 0; i < ram->count; i++)
        map_linear(ram->range[i].start, ram->range[i].end, PTE_R | PTE_W);
    map_linear(text, rodata, PTE_R | PTE_X);
    map_linear(rodata, data, PTE_R);
    map_linear(data, end, PTE_R | PTE_W);
    if (device)
        map_linear(device, device + PAGE_SIZE, PTE_R | PTE_W);
    kernel_satp = (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT | kva_to_pa(kvm_root) >> PAGE_SHIFT;
    kvm_activate(kvm_root);
    tlb_flush(); /* the boot table's translations too */
}

void
kvm_activate(const pte_t *root)
{
    csr_write(satp, (uint64_t)SATP_MODE_SV39 << SATP_MODE_SHIFT |
                        ((uint64_t)root - KVA_OFFSET) >> PAGE_SHIFT);
    tlb_flush_user();
}

uint64_t
kstack_make(void)
{
    static uint64_t next = KSTACK_BASE; /* only the boot hart makes stacks */
    uint64_t top = next + KSTACK_STRIDE;

    for (uint64_t va = next + KSTACK_STRIDE - KSTACK_SIZE; va < top; va += PAGE_SIZE) {
        void *page = page_alloc();
        pte_t *pte = page ? kvm_entry(kvm_root, va, 0, 1) : NULL;
        if (!pte)
            panic("no memory for kernel stacks");
        *pte = pte_make(kva_to_pa(page), PTE_R | PTE_W | KERNEL_FLAGS);
    }
    next = top;
    return top;
}
