//@ why The child gets a copy of each page at once.
//@ loses shares full
//@ replace toyos/kernel/uvm/uvm.c
static bool
share_pages(const struct pagetable_visitor *self, pte_t *from, unsigned count, uint64_t va)
{
    pte_t *to = pagetable_make(((const struct share *)(const void *)self)->to, va, 0);

    if (!to)
        return false;
    for (unsigned i = 0; i < count; i++) {
        pte_t pte = from[i];
        void *page = pte_page(pte);
        if (!(pte & PTE_V))
            continue;
        if (pte & PTE_SHARED) {
            page_share(page);
        } else {
            page = page_alloc_raw();
            if (!page)
                return false;
            memcpy(page, pte_page(pte), PAGE_SIZE);
        }
        to[i] = pte_make((uint64_t)page - KVA_OFFSET, pte & 0x3ff);
    }
    return true;
}
