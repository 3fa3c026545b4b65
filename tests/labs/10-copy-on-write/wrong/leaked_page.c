//@ why Who gets a page of its own still counts as one who has the old one.
//@ loses last leaks full
//@ substitute toyos/kernel/uvm/uvm.c page_free(old); => ;
