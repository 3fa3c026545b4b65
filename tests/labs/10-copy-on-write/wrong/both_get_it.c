//@ why The write permission comes back, and the page stays the same.
//@ loses shares breaks last family stale full
//@ replace toyos/kernel/uvm/uvm.c
static int
break_sharing(struct uvm *uvm, pte_t *pte)
{
    *pte = pte_make(pte_to_pa(*pte), (*pte & (PTE_LEAF | PTE_USER)) | PTE_W);
    fence(uvm);
    return 0;
}
