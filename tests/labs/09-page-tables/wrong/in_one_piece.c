//@ why What follows a page in RAM is taken for what follows it in the program.
//@ loses copies
//@ replace toyos/kernel/uvm/uvm_copy.c
size_t
uvm_try_copy_in(struct uvm *uvm, void *to, uint64_t from, size_t len)
{
    const char *kva;

    lock_acquire(&uvm->lock);
    kva = uvm_reach(uvm, from, PTE_R);
    if (kva)
        memcpy(to, kva, len);
    lock_release(&uvm->lock);
    return kva ? len : 0;
}
