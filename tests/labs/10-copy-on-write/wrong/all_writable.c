//@ why After a fork a write to any page makes a page of one's own, also to text.
//@ loses kinds
//@ substitute toyos/kernel/uvm/uvm.c to[i] = pte; => to[i] = pte & PTE_SHARED ? pte : pte | PTE_COW;
