//@ why The last one who has a page copies it, too.
//@ loses last
//@ substitute toyos/kernel/uvm/uvm.c if (!page_is_sole(old)) { => if (old) {
