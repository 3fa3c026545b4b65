//@ why There is one handle more than there are things.
//@ loses kinds
//@ substitute vmm/call/hypercall.c arg[i].value >= param->limit => arg[i].value > param->limit
