//@ why The kernel finds the lowest table by fewer bits than it has: pages 2 MiB apart are the same one to it.
//@ loses copies strings refused
//@ replace toyos/kernel/uvm/uvm.c
static inline pte_t *
find_entry(const struct uvm *uvm, uint64_t va)
{
    return va < USER_TOP ? pagetable_find(uvm->root, va & ~(7ul << PAGETABLE_SHIFT(1))) : NULL;
}
