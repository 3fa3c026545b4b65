//@ why What is behind the part that goes is lost, too.
//@ loses unmap
//@ substitute toyos/kernel/uvm/uvm_area.c
    if (rest.start < rest.end)
//@ by
    if (rest.start < rest.end && !is_split)
