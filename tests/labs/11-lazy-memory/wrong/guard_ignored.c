//@ why The guard page is a page like the others.
//@ loses guard
//@ substitute toyos/kernel/uvm/uvm.c
    if (!*area || ((*area)->has_guard && va - (*area)->start < PAGE_SIZE))
//@ by
    if (!*area)
