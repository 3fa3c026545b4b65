//@ why Neither the fork nor the new page is followed by a fence.
//@ loses stale
//@ substitute toyos/kernel/uvm/uvm.c fence(from); => ;
//@ replace toyos/kernel/uvm/uvm.c
static int
break_sharing(struct uvm *uvm, pte_t *pte)
{
    void *old = pte_page(*pte), *page = old;

    (void)uvm;
    if (!page_is_sole(old)) {
        page = page_alloc_raw();
        if (!page)
            return -ENOMEM;
        memcpy(page, old, PAGE_SIZE);
    }
    *pte = pte_make((uint64_t)page - KVA_OFFSET, (*pte & (PTE_LEAF | PTE_USER)) | PTE_W);
    if (page != old)
        page_free(old);
    return 0;
}
