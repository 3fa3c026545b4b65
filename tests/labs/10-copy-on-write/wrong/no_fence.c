//@ why The parent goes on writing through the translations that its TLB has from before the fork.
//@ loses stale
//@ substitute toyos/kernel/uvm/uvm.c fence(from); => ;
