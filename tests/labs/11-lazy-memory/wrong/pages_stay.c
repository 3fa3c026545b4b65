//@ why munmap() leaves the pages where they are.
//@ loses unmap
//@ substitute toyos/kernel/uvm/uvm_area.c
    uvm_unmap(uvm, part->start, part->end);
//@ by
    ;
