//@ why A program's buffer may be at an address of the kernel's.
//@ loses program refused
//@ replace toyos/kernel/uvm/uvm.c
static inline pte_t *
find_entry(const struct uvm *uvm, uint64_t va)
{
    return pagetable_find(uvm->root, va);
}
