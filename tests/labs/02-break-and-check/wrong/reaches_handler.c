//@ why A buffer that is not in RAM is NULL, and the handler gets it.
//@ loses overflow outside
//@ substitute vmm/call/hypercall.c arg_error = arg[i].data ? 0 : SBI_ERR_INVALID_ADDRESS; => arg_error = 0;
