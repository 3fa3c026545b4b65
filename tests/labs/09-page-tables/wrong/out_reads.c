//@ why The kernel writes to whatever a program may read, also to its text.
//@ loses refused
//@ replace toyos/kernel/uvm/uvm_copy.c
size_t
uvm_try_copy_out(struct uvm *uvm, uint64_t to, const void *from, size_t len)
{
    size_t done = 0;

    lock_acquire(&uvm->lock);
    while (done < len) {
        size_t piece = piece_len(to + done, len - done);
        char *kva = uvm_reach(uvm, to + done, PTE_R);
        if (!kva)
            break;
        memcpy(kva, (const char *)from + done, piece);
        done += piece;
    }
    lock_release(&uvm->lock);
    return done;
}
