//@ why The new page begins empty.
//@ loses shares breaks last family stale leaks full kinds
//@ substitute toyos/kernel/uvm/uvm.c memcpy(page, old, PAGE_SIZE); => memset(page, 0, PAGE_SIZE);
