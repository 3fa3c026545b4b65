//@ why A page is free again when the first of two processes ends.
//@ loses shares breaks last family stale leaks full kinds
//@ substitute toyos/kernel/uvm/uvm.c page_share(pte_page(pte)); => ;
