//@ why A program may write to each of its pages, also to its text.
//@ loses program refused
//@ replace toyos/kernel/uvm/uvm.c
static bool
map_page(struct uvm *uvm, uint64_t va, void *page, uint64_t flags)
{
    pte_t *pte = pagetable_make(uvm->root, va, 0);

    if (!pte)
        return false;
    *pte = pte_make((uint64_t)page - KVA_OFFSET, flags | PTE_W | PTE_USER);
    return true;
}
