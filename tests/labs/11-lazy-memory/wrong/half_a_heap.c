//@ why When sbrk() finds no memory, the end has moved all the same.
//@ loses now
//@ substitute toyos/kernel/uvm/uvm.c
    if (ok)
        uvm->size = size;
//@ by
    uvm->size = size;
