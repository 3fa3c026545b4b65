//@ why When memory runs out in the middle of a fork, what the child has got already is lost.
//@ loses full
//@ substitute toyos/kernel/uvm/uvm.c uvm_destroy(to); => ;
