#include "hv/gstage.h"

#include <stddef.h>

#include "hv/csr.h"
#include "hv/page.h"

#define LEVELS     3
#define INDEX_BITS 9

static uint64_t *root; /* 2048 entries */

static uint64_t
entry_of(const void *page)
{
    return (uint64_t)page >> PAGE_SHIFT << PTE_PPN_SHIFT;
}

static void *
page_of(uint64_t entry)
{
    return (void *)((entry >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_SHIFT);
}

/* The entry of `gpa`'s page. Makes the tables on the way to it. */
static uint64_t *
entry_find(uint64_t gpa)
{
    uint64_t *table = root;

    for (int level = LEVELS - 1;; level--) {
        /* The root's index has two bits more; the address ends with them. */
        uint64_t mask = level == LEVELS - 1 ? 2047 : 511;
        uint64_t *entry = &table[gpa >> (PAGE_SHIFT + INDEX_BITS * level) & mask];

        if (level == 0)
            return entry;
        if (!(*entry & PTE_V))
            *entry = entry_of(page_alloc()) | PTE_V;
        table = page_of(*entry);
    }
}

void
gstage_init(void)
{
    root = page_alloc_root();
    csr_write(CSR_HGATP,
              (uint64_t)HGATP_MODE_SV39X4 << HGATP_MODE_SHIFT | (uint64_t)root >> PAGE_SHIFT);
    fence_gstage();
}

uint8_t *
gstage_page(uint64_t gpa)
{
    uint64_t *entry = entry_find(gpa);

    if (!(*entry & PTE_V)) {
        /* Each access of a guest counts as one of user mode (§8.5.1): without U it faults again.
         * With A and D no hardware has to set them. */
        *entry = entry_of(page_alloc()) | PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D;
        fence_gstage(); /* it may remember that there was no page */
    }
    return page_of(*entry);
}

void
gstage_page_release(uint64_t gpa)
{
    uint64_t *entry = entry_find(gpa);

    if (!(*entry & PTE_V))
        return;
    void *page = page_of(*entry);
    *entry = 0;
    fence_gstage(); /* before anybody else gets the page */
    page_free(page);
}
