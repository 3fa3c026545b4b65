//@ why An area may lie in the heap.
//@ loses areas
//@ substitute toyos/kernel/uvm/uvm_area.c
    return end - len >= uvm_page_up(uvm->size) ? end - len : 0;
//@ by
    return end > len ? end - len : 0;
