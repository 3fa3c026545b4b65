//@ why Only the child's entries are for reading: what the parent writes, the child finds.
//@ loses shares breaks stale
//@ substitute toyos/kernel/uvm/uvm.c from[i] = pte; => ;
