//@ why The byte behind the heap belongs to it.
//@ loses bounds
//@ substitute toyos/kernel/uvm/uvm.c
    if (va >= uvm->heap_start && va < uvm->size)
//@ by
    if (va >= uvm->heap_start && va <= uvm->size)
