//@ why A string ends where its page does.
//@ loses strings refused
//@ replace toyos/kernel/uvm/uvm_copy.c
static size_t
try_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size, bool *is_whole)
{
    size_t len = piece_len(from, size - 1);
    const char *kva;

    lock_acquire(&uvm->lock);
    kva = uvm_reach(uvm, from, PTE_R);
    *is_whole = kva != NULL;
    len = kva ? strnlen(kva, len) : 0;
    if (kva)
        memcpy(to, kva, len);
    lock_release(&uvm->lock);
    return len;
}
