//@ why The heap gets all its pages at once.
//@ loses heap full
//@ substitute toyos/kernel/uvm/uvm.c
    } else if (!is_lazy) {
//@ by
    } else if (bytes || !is_lazy) {
