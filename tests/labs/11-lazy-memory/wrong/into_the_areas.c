//@ why The heap may grow into an area.
//@ loses areas
//@ substitute toyos/kernel/uvm/uvm.c
    if (size > uvm->areas_start) {
//@ by
    if (size > UVM_TOP) {
