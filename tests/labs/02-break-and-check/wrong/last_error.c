//@ why Of two arguments that are wrong, the last one says the error.
//@ loses kinds
//@ substitute vmm/call/hypercall.c
        if (!error)
            error = arg_error;
//@ by
        if (arg_error)
            error = arg_error;
