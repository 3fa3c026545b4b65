//@ why A buffer that is not in RAM is NULL, and the handler gets it.
//@ loses overflow outside
//@ substitute vmm/call/hypercall.c wrong = arg[i].data ? 0 : SBI_ERR_INVALID_ADDRESS; => wrong = 0;
