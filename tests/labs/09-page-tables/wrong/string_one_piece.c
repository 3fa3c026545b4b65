//@ why A string goes on in RAM, over the end of its page.
//@ loses strings refused
//@ replace toyos/kernel/uvm/uvm_copy.c
static size_t
try_copy_string(struct uvm *uvm, char *to, uint64_t from, size_t size, bool *is_whole)
{
    const char *kva;
    size_t len = 0;

    *is_whole = false;
    lock_acquire(&uvm->lock);
    kva = uvm_reach(uvm, from, PTE_R);
    if (kva) {
        len = strnlen(kva, size);
        memcpy(to, kva, len);
        *is_whole = len < size;
    }
    lock_release(&uvm->lock);
    return len;
}
