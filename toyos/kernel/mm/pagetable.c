/* Page tables: making tables, and the walk over a range. */
#include "toyos/kernel/mm/pagetable.h"

#include "toyos/kernel/base/panic.h"
#include "toyos/kernel/mm/page.h"
#include "toyos/kernel/riscv_ops.h"

uint64_t
kva_to_pa(const void *kva)
{
    uint64_t va = (uint64_t)kva;

    if (va < KVA_OFFSET || va >= KSTACK_BASE)
        panic("kva_to_pa: %p is not in the linear map", kva);
    return va - KVA_OFFSET;
}

pte_t *
pagetable_make(pte_t *root, uint64_t va, unsigned level)
{
    pte_t *table = root;

    for (unsigned at = PAGETABLE_LEVELS - 1; at > level; at--) {
        pte_t *pte = &table[PAGETABLE_INDEX(va, at)];
        if (!(*pte & PTE_V)) {
            void *page = page_alloc();
            if (!page)
                return NULL;
            *pte = pte_make((uint64_t)page - KVA_OFFSET, 0);
        }
        table = pte_page(*pte);
    }
    return &table[PAGETABLE_INDEX(va, level)];
}

/* Visits what is below a table of `level`, which is not 0. Only its first and its last entry may
 * cover addresses outside of the range. */
static bool
walk_table(pte_t *table, uint64_t first, uint64_t last, const struct pagetable_visitor *visitor,
           unsigned level)
{
    uint64_t base = first & -PAGETABLE_SPAN(level + 1);
    unsigned from = PAGETABLE_INDEX(first, level), to = PAGETABLE_INDEX(last, level);

    for (unsigned i = from; i <= to; i++) {
        uint64_t start = i == from ? first : base + i * PAGETABLE_SPAN(level);
        uint64_t end = i == to ? last : base + (i + 1) * PAGETABLE_SPAN(level) - 1;
        pte_t *below;
        if (!(table[i] & PTE_V))
            continue;
        below = pte_page(table[i]);
        if (level == 1) {
            unsigned at = PAGETABLE_INDEX(start, 0), count = PAGETABLE_INDEX(end, 0) - at + 1;
            if (!visitor->pages(visitor, &below[at], count, start))
                return false;
        } else if (!walk_table(below, start, end, visitor, level - 1)) {
            return false;
        }
        if (visitor->table)
            visitor->table(&table[i]);
    }
    return true;
}

bool
pagetable_walk(pte_t *root, uint64_t first, uint64_t last, const struct pagetable_visitor *visitor)
{
    return walk_table(root, first, last, visitor, PAGETABLE_LEVELS - 1);
}

static bool
free_pages(const struct pagetable_visitor *self, pte_t *entry, unsigned count, uint64_t va)
{
    (void)self, (void)va;
    for (; count; count--, entry++)
        if (*entry & PTE_V)
            page_free(pte_page(*entry));
    return true;
}

static void
free_table(pte_t *entry)
{
    page_free(pte_page(*entry));
}

void
pagetable_free(pte_t *root, uint64_t first, uint64_t last)
{
    static const struct pagetable_visitor visitor = {.pages = free_pages, .table = free_table};

    pagetable_walk(root, first, last, &visitor);
}

void
pagetable_use(const pte_t *root)
{
    csr_write(satp, (uint64_t)PAGETABLE_SATP_MODE << SATP_MODE_SHIFT |
                        ((uint64_t)root - KVA_OFFSET) >> PAGE_SHIFT);
    tlb_flush_user();
}
