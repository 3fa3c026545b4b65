//@ why Memory that is to be shared is copied at the first write, too.
//@ loses kinds
//@ substitute toyos/kernel/uvm/uvm.c (pte & (PTE_W | PTE_SHARED)) == PTE_W => pte & PTE_W
