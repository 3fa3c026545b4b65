//@ why An area gets all its pages at once.
//@ loses areas guard full
//@ substitute toyos/kernel/uvm/uvm_area.c
    if (request->is_shared && !request->inode &&
//@ by
    if (!request->inode &&
