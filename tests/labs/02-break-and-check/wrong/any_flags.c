//@ why A flag that is unknown is ignored.
//@ loses kinds
//@ substitute vmm/call/hypercall.c arg_error = arg[i].value & ~param->limit ? SBI_ERR_INVALID_PARAM : 0; => arg[i].value &= param->limit;
